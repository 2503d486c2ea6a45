import { beforeEach, describe, expect, it } from '@jest/globals';
import { Pause } from '../../../../src/upstream/health/pause.js';
import { SteppedClock } from '../../../support/doubles/stepped-clock.js';

let clock: SteppedClock;
let pause: Pause;

beforeEach(() => {
  clock = new SteppedClock();
  pause = new Pause(clock, () => 1);
});

describe('the length', () => {
  it.each([
    ['Retry-After', 30, 30_000],
    ['no Retry-After', undefined, 10_000],
    ['Retry-After: 0, or a date in the past', 0, 2000],
    ['Retry-After: 1', 1, 2000],
  ])('with %s', (_name, seconds, expected) => {
    pause.begin(seconds);
    expect(pause.leftMs).toBe(expected);
  });

  it('doubles up to ten minutes while the upstream throttles again, and starts anew after an accepted request', () => {
    const lengths = Array.from({ length: 11 }, () => {
      expect(pause.begin(0)).toBe(true);
      const { leftMs } = pause;
      clock.advance(leftMs);
      return leftMs / 1000;
    });
    expect(lengths).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
    expect(pause.accepted(false)).toBe(true);
    pause.begin(0);
    expect(pause.leftMs).toBe(2000);
  });
});

it('counts concurrent requests that are throttled once, and takes the longest pause', () => {
  expect([pause.begin(0), pause.begin(5), pause.begin(0)]).toEqual([true, false, false]);
  expect(pause.leftMs).toBe(5000);
  clock.advance(5000);
  pause.begin(0);
  expect(pause.leftMs).toBe(4000);
});

it('is ended by a probe, and not by a request that was sent before it', () => {
  pause.begin(3600);
  expect(pause.accepted(false)).toBe(false);
  expect(pause.leftMs).toBe(3_600_000);
  expect(pause.accepted(true)).toBe(true);
  expect(pause.leftMs).toBe(0);
  expect(pause.accepted(false)).toBe(false);
});
