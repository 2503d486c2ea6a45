import { describe, expect, it } from '@jest/globals';
import { quoted } from '../../../src/common/quoted.js';

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
    ['more than forty characters', 'x'.repeat(41), `"${'x'.repeat(40)}..."`],
    ['a surrogate pair cut in two', `${'x'.repeat(39)}🚴`, `"${'x'.repeat(39)}?..."`],
  ])('is short, printable and on one line: %s', (_name, value, expected) => {
    expect(quoted(value)).toBe(expected);
  });
});
