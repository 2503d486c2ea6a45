/** What all XML documents here have in common. Pure. */

/** How each begins. */
export const XML = { version: '1.0', encoding: 'UTF-8' } as const;

/** Letters that XML has not (XML 1.0, 2.2), lone surrogates among them. */
// oxlint-disable-next-line no-control-regex -- these are the letters in question
const NO_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/**
 * Foreign text as the builder must have it: by itself it takes `&x;` for an entity, known or not, and writes it as it is, and
 * it lets letters through that XML has not; they become "?". (Its own way of replacing them builds every text of a document
 * letter by letter, which takes tens of times the memory.)
 */
export function xmlText(text: string): string {
  return text.replace(NO_XML, '?').replaceAll('&', '&amp;');
}
