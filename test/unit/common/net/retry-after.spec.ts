import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { retryAfterSeconds } from '../../../../src/common/net/retry-after.js';
import { edited, numberText, oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';

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

  it('is rounded up, so that no retry comes too early', () => {
    expect(retryAfterSeconds('Mon, 01 Jun 2026 12:00:30 GMT', now + 1)).toBe(30);
  });

  it('that is a number in another form is not read as an old date', () => {
    const read = ['1.5', '-5', '7, 7'].map((header) => retryAfterSeconds(header, now));
    expect(read).toEqual([undefined, undefined, undefined]);
  });
});

describe('properties', () => {
  const HOUR = 3600;
  const now = fc.integer({ min: 0, max: 4e12 });
  const date = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000));
  const bounded = (seconds: number) => Math.min(Math.max(seconds, 0), HOUR);

  describe('any Retry-After', () => {
    it('is a whole number of seconds up to an hour, or nothing', () => {
      const header = fc.oneof(
        numberText,
        edited(date.map((time) => time.toUTCString())),
        date.map(String),
        oddText(),
        fc.constantFrom('May', 'Sun', 'Jan 1', 'Mon 99999999999'),
      );
      holds(
        fc.property(header, now, (text, at) => {
          const seconds = retryAfterSeconds(text, at);
          if (seconds === undefined) return;
          expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= HOUR).toBe(true);
          expect(text).toMatch(/^\d+$|^[A-Z][a-z]{2}/);
        }),
        1000,
      );
    });

    it('of seconds is that number, up to an hour', () => {
      holds(
        fc.property(fc.oneof(fc.nat(2 * HOUR), fc.nat(999_999_999)), now, (seconds, at) => {
          expect(retryAfterSeconds(String(seconds), at)).toBe(bounded(seconds));
        }),
      );
    });

    it('of a date is the time until then, up to an hour', () => {
      const near = fc.tuple(now, fc.integer({ min: -HOUR, max: 2 * HOUR }));
      holds(
        fc.property(near, ([at, ahead]) => {
          const then = Math.floor(at / 1000) + ahead;
          const header = new Date(then * 1000).toUTCString();
          expect(retryAfterSeconds(header, at)).toBe(bounded(Math.ceil(then - at / 1000)));
        }),
      );
    });
  });
});
