import { describe, expect, it } from '@jest/globals';
import { quoted } from '../../../src/common/quoted.js';

describe('a quoted word', () => {
  it.each([
    ['plain text stays as it is', 'sport_Ride-hot', '"sport_Ride-hot"'],
    ['an empty one is seen', '', '""'],
    ['markup', '<b>&', '"?b??"'],
    ['quotes and backslashes', 'a"b\\', '"a?b?"'],
    ['line ends, which would forge a log line', 'a\r\nb\u2028c', '"a??b?c"'],
    ['terminal control', '\x1b[31m\x07', '"?[31m?"'],
    ['letters beyond ASCII', 'é١', '"??"'],
    ['forty characters', 'x'.repeat(40), `"${'x'.repeat(40)}"`],
    ['more than forty', 'x'.repeat(41), `"${'x'.repeat(40)}..."`],
  ])('is short, printable and on one line: %s', (_name, value, expected) => {
    expect(quoted(value)).toBe(expected);
  });
});
