/** Common parts of all XML documents. Pure. */

/** XML declaration. */
export const XML = { version: '1.0', encoding: 'UTF-8' } as const;

/** Characters not allowed in XML 1.0 (clause 2.2), including lone surrogates. */
// oxlint-disable-next-line no-control-regex -- control characters are what it matches
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/**
 * Prepares input for the XML builder, which writes `&x;` unescaped as if it were an entity and does not reject invalid
 * characters; those become "?". (The builder's `invalidCharReplacement` rebuilds every text character by character, which
 * takes tens of times the memory.)
 */
export function xmlText(text: string): string {
  return text.replace(NOT_XML, '?').replaceAll('&', '&amp;');
}
