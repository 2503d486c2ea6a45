import { describe, expect, it } from '@jest/globals';
import { quoted } from '../../../../src/common/text/quoted.js';

describe('quoted input', () => {
  it.each([
    ['plain text', 'sport_Ride-hot', '"sport_Ride-hot"'],
    ['an empty string', '', '""'],
    ['markup', '<b>&', '"<b>&"'],
    ['quotes and backslashes', 'a"b\\', '"a"b\\"'],
    ['characters beyond ASCII', 'é١🚴', '"é١🚴"'],
    ['forty characters', 'x'.repeat(40), `"${'x'.repeat(40)}"`],
  ])('keeps its own characters: %s', (_name, value, expected) => {
    expect(quoted(value)).toBe(expected);
  });

  it.each([
    ['line ends, which would forge a log line', 'a\r\nb\u2028c\u2029\x85', '"a??b?c??"'],
    ['terminal escape sequences', '\x1b[31m\x07\x9b', '"?[31m??"'],
    ['bidirectional overrides and invisible characters', '\u202eabc\u200b\ufeff', '"?abc??"'],
    ['a lone surrogate, and a NUL', '\ud800\0', '"??"'],
    ['more than forty characters', 'éx '.repeat(14), `"${'éx '.repeat(13)}é..."`],
    [
      'no part of a word, which may be a key',
      `${'a'.repeat(30)}.${'x'.repeat(10)}`,
      `"${'a'.repeat(30)}...."`,
    ],
    ['a single long word', 'x'.repeat(41), '"..."'],
    ['a very long text', `${'a '.repeat(10)}${'x'.repeat(100_000)}`, `"${'a '.repeat(10)}..."`],
    ['a surrogate pair cut in two', `${'x'.repeat(39)}🚴`, `"${'x'.repeat(39)}?..."`],
  ])('is short, printable and on one line: %s', (_name, value, expected) => {
    expect(quoted(value)).toBe(expected);
  });

  it.each([
    ['GetCapabilities?key=SECRET&key=SECRET', '"GetCapabilities?key=…&key=…"'],
    ['GetCapabilities%3Fkey%3DSECRET', '"GetCapabilities?key=…"'],
    [`${'x'.repeat(20)}?a=${'y'.repeat(14)}&key=SECRET`, `"${'x'.repeat(20)}?a=${'y'.repeat(14)}&..."`],
  ])('contains no key: %s', (value, expected) => {
    expect(quoted(value)).toBe(expected);
  });
});
