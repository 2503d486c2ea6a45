/** Text that is to stand in a document, and what becomes of it there. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { oddText } from './arbitraries.js';

/** What looks like markup that is meant. */
const entity = fc.constantFrom('&lt;', '&amp;', '&nbsp;', '&#0;', '&#60;', '&#x3c;', '&x', ';', '<![CDATA[');

/** Any text, but for the letter that a parser takes as a sign of broken encoding. */
export const xmlText: fc.Arbitrary<string> = fc
  .array(fc.oneof(oddText(10), entity, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 4 })
  .map((parts) => parts.join(''))
  .map((text) => text.replaceAll('\uFFFD', ''));

/** Everything that may stand in a document (XML 1.0, 2.2), which not every parser looks at. */
export function expectXml(source: string): void {
  expect(source).toMatch(/^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
}

/** Letters that XML has not become "?", and line breaks and tabs are blanks to it. */
export function asXmlHasIt(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?')
    .replaceAll(/[\s\x85]+/g, ' ');
}
