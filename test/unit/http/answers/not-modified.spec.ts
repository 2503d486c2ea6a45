import { describe, expect, it } from '@jest/globals';
import { matchesEtag } from '../../../../src/http/answers/not-modified.js';

describe('If-None-Match', () => {
  it.each(['"abc"', ' "abc" ', 'W/"abc"', '"x", "abc"', '"x",W/"abc","y"', '*', ' * '])(
    'of %j names "abc"',
    (header) => {
      expect(matchesEtag(header, '"abc"')).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    '""',
    '"ab"',
    '"abcd"',
    '"ABC"',
    'abc',
    'w/"abc"',
    '"x", "y"',
    '"*"',
    '"abc-gzip"',
  ])('of %j does not', (header) => {
    expect(matchesEtag(header, '"abc"')).toBe(false);
  });
});
