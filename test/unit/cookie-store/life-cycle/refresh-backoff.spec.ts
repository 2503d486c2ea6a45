import { beforeEach, describe, expect, it } from '@jest/globals';
import { RefreshBackoff } from '../../../../src/cookie-store/life-cycle/refresh-backoff.js';
import { StoppedClock } from '../../../support/doubles/stopped-clock.js';

let clock: StoppedClock;
let pace: RefreshBackoff;
beforeEach(() => {
  clock = new StoppedClock();
  pace = new RefreshBackoff(clock, () => 1);
});

/** The pause in seconds, which is then waited for. */
function pause(): number {
  const ms = Math.max(pace.nextAttemptAt - clock.now(), 0);
  expect(pace.open).toBe(ms === 0);
  clock.advance(ms);
  expect(pace.open).toBe(true);
  return ms / 1000;
}
function pausesAfter(times: number, what: () => void): number[] {
  return Array.from({ length: times }, () => {
    what();
    return pause();
  });
}
const trouble = (toldMs = 0) => pace.failed('upstream_error', toldMs);
const rejected = () => pace.failed('session_rejected', 0);

describe('the pause before the next refresh', () => {
  it('is none at first', () => {
    expect(pause()).toBe(0);
  });

  it('grows with upstream trouble from two seconds to ten minutes', () => {
    expect(pausesAfter(11, trouble)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
  });

  it('grows with a rejected session from ten minutes to six hours', () => {
    expect(pausesAfter(7, rejected).map((seconds) => seconds / 60)).toEqual([10, 20, 40, 80, 160, 320, 360]);
  });

  it('begins anew when the trouble is of another kind, and after a success', () => {
    pausesAfter(3, trouble);
    expect(pausesAfter(2, rejected)).toEqual([600, 1200]);
    expect(pausesAfter(2, trouble)).toEqual([2, 4]);
    pace.succeeded();
    expect(pausesAfter(1, trouble)).toEqual([2]);
  });

  it('is as long as the upstream says when that is longer, and never shorter', () => {
    expect(pausesAfter(1, () => trouble(300_000))).toEqual([300]);
    expect(pausesAfter(1, () => trouble(1000))).toEqual([4]);
  });

  it('is not cut short by a second failure within it', () => {
    trouble(300_000);
    clock.advance(1000);
    trouble();
    expect(pause()).toBe(299);
  });

  it('ends with a success', () => {
    trouble(300_000);
    pace.succeeded();
    expect(pause()).toBe(0);
  });

  it('does not end with a success that is of no use to a tile, and grows with each of those', () => {
    const fruitless = () => {
      pace.succeeded();
      pace.refreshUseless(false);
    };
    expect(pausesAfter(3, fruitless)).toEqual([2, 4, 8]);
    fruitless();
    pace.succeeded();
    expect(pause()).toBe(16);
    pace.refreshUseful();
    expect(pausesAfter(1, fruitless)).toEqual([2]);
  });

  it('stays within a minute while other tiles can be had', () => {
    expect(pausesAfter(7, () => pace.refreshUseless(true))).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });

  it('is over when new cookies come in, with all that was learnt of the old ones', () => {
    rejected();
    pace.refreshUseless(false);
    pace.reset();
    expect(pause()).toBe(0);
    expect(pausesAfter(1, rejected)).toEqual([600]);
    pace.reset();
    expect(pausesAfter(1, () => pace.refreshUseless(false))).toEqual([2]);
  });
});
