import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { retryAfterSeconds } from '../../src/common/retry-after.js';
import { edited, numberText, oddText } from './arbitraries.js';
import { holds } from './holds.js';

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
