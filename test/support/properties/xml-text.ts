/** Text for XML documents, and its form after parsing. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { oddText } from './arbitraries.js';

/** Text that resembles markup. */
const entity = fc.constantFrom('&lt;', '&amp;', '&nbsp;', '&#0;', '&#60;', '&#x3c;', '&x', ';', '<![CDATA[');

/** Any text without U+FFFD, which a parser takes for an encoding error. */
export const xmlText: fc.Arbitrary<string> = fc
  .array(fc.oneof(oddText(10), entity, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 4 })
  .map((parts) => parts.join(''))
  .map((text) => text.replaceAll('\uFFFD', ''));

/** Expects only characters that XML 1.0 (2.2) allows, which not every parser checks. */
export function expectXml(source: string): void {
  expect(source).toMatch(/^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
}

/** Characters not allowed in XML 1.0 become "?"; line breaks and tabs become spaces. */
export function asXmlHasIt(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?')
    .replaceAll(/[\s\x85]+/g, ' ');
}
