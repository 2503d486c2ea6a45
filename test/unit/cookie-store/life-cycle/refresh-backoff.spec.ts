import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  afterFailure,
  afterSuccess,
  afterUsefulRefresh,
  afterUselessRefresh,
  NO_BACKOFF,
  type RefreshBackoff,
} from '../../../../src/cookie-store/life-cycle/refresh-backoff.js';

let now: number;
let backoff: RefreshBackoff;
beforeEach(() => {
  now = Date.parse('2026-06-01T00:00:00Z');
  backoff = NO_BACKOFF;
});

const at = () => ({ elapsed: now, random: () => 1 });
const failed = (retryAfterMs = 0) =>
  void (backoff = afterFailure(backoff, 'upstream_error', retryAfterMs, at()));
const rejected = () => void (backoff = afterFailure(backoff, 'session_rejected', 0, at()));
const succeeded = () => void (backoff = afterSuccess(backoff));
const useless = (othersOpen: boolean) => void (backoff = afterUselessRefresh(backoff, othersOpen, at()));
const useful = () => void (backoff = afterUsefulRefresh(backoff));

/** The pause in seconds; moves the time to its end. */
function pause(): number {
  const ms = Math.max(backoff.nextAttemptAt - now, 0);
  now += ms;
  return ms / 1000;
}
function pausesAfter(times: number, event: () => void): number[] {
  return Array.from({ length: times }, () => {
    event();
    return pause();
  });
}

describe('the pause before the next refresh', () => {
  it('is zero at first', () => {
    expect(pause()).toBe(0);
  });

  it('doubles with upstream errors from two seconds to ten minutes', () => {
    expect(pausesAfter(11, failed)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
  });

  it('doubles with a rejected session from ten minutes to six hours', () => {
    expect(pausesAfter(7, rejected).map((seconds) => seconds / 60)).toEqual([10, 20, 40, 80, 160, 320, 360]);
  });

  it('doubles with an account whose set-up is not finished from one minute to one hour', () => {
    const unfinished = () => void (backoff = afterFailure(backoff, 'onboarding', 0, at()));
    expect(pausesAfter(8, unfinished).map((seconds) => seconds / 60)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('starts again with a failure of another kind, and after a success', () => {
    pausesAfter(3, failed);
    expect(pausesAfter(2, rejected)).toEqual([600, 1200]);
    expect(pausesAfter(2, failed)).toEqual([2, 4]);
    succeeded();
    expect(pausesAfter(1, failed)).toEqual([2]);
  });

  it('is the Retry-After of the upstream if that is longer, and never shorter', () => {
    expect(pausesAfter(1, () => failed(300_000))).toEqual([300]);
    expect(pausesAfter(1, () => failed(1000))).toEqual([4]);
  });

  it('is not shortened by another failure', () => {
    failed(300_000);
    now += 1000;
    failed();
    expect(pause()).toBe(299);
  });

  it('ends with a success', () => {
    failed(300_000);
    succeeded();
    expect(pause()).toBe(0);
  });

  it('does not end with a success that opens no tile, and doubles with each of those', () => {
    const refreshedUselessly = () => {
      succeeded();
      useless(false);
    };
    expect(pausesAfter(3, refreshedUselessly)).toEqual([2, 4, 8]);
    refreshedUselessly();
    succeeded();
    expect(pause()).toBe(16);
    useful();
    expect(pausesAfter(1, refreshedUselessly)).toEqual([2]);
  });

  it('is at most a minute while the cookies open other tiles', () => {
    expect(pausesAfter(7, () => useless(true))).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });
});
