import { describe, expect, it } from '@jest/globals';
import { retryAfterSeconds } from '../../../src/common/retry-after.js';

const now = Date.parse('2026-06-01T12:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['seconds', '7', 7],
    ['no time at all', '0', 0],
    ['more than an hour', '86400', 3600],
    ['a date', 'Mon, 01 Jun 2026 12:00:30 GMT', 30],
    ['a date far away', 'Tue, 02 Jun 2026 12:00:00 GMT', 3600],
    ['a date that is over', 'Mon, 01 Jun 2026 11:59:00 GMT', 0],
    ['nothing', undefined, undefined],
    ['an empty text', '', undefined],
    ['a word', 'soon', undefined],
    ['a number with a unit', '7s', undefined],
  ])('with %s is read as seconds, or not at all', (_name, header, expected) => {
    expect(retryAfterSeconds(header, now)).toBe(expected);
  });

  it('is rounded up, so that nobody comes too early', () => {
    expect(retryAfterSeconds('Mon, 01 Jun 2026 12:00:30 GMT', now + 1)).toBe(30);
  });

  it('that is a number of another form is not taken for a date of long ago', () => {
    const read = ['1.5', '-5', '7, 7'].map((header) => retryAfterSeconds(header, now));
    expect(read).toEqual([undefined, undefined, undefined]);
  });
});
