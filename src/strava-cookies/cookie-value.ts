/** Whether `value` is a non-empty cookie value that cannot break out of its header (RFC 6265, 4.1.1, as lenient as browsers). Pure. */
export function isCookieValue(value: string | undefined): value is string {
  return value !== undefined && /^[\x21-\x3a\x3c-\x7e]+$/.test(value);
}
