/** Seconds said by a `Retry-After` header (RFC 9110, 10.2.3: seconds or a date), at most an hour; undefined when unreadable. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  // Date.parse takes "1.5" for a day in 2001; a date of HTTP begins with the name of its day.
  const time = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : Math.ceil((time - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), 3600);
}
