import { describe, expect, it } from '@jest/globals';
import { backoff } from '../../../src/common/backoff.js';

const longest = () => 1;
const shortest = () => 0;

describe('a back-off', () => {
  it('doubles with each consecutive failure, up to its limit', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => backoff(failures, 2000, 30_000, longest));
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('has a jitter of one quarter, so that replicas do not retry at the same time', () => {
    expect(backoff(1, 2000, 30_000, shortest)).toBe(1500);
    expect(backoff(1, 2000, 30_000, () => 0.5)).toBe(1750);
    expect(backoff(9, 2000, 30_000, shortest)).toBe(22_500);
  });

  it('stays at its limit after any number of failures', () => {
    expect(backoff(100_000, 2000, 600_000, longest)).toBe(600_000);
  });
});
