import { describe, expect, it } from '@jest/globals';
import { backoff } from '../../../src/common/backoff.js';

const longest = () => 1;
const shortest = () => 0;

describe('a back-off', () => {
  it('doubles with each failure in a row, up to its bound', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => backoff(failures, 2000, 30_000, longest));
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is spread over the last quarter, so that replicas do not move in step', () => {
    expect(backoff(1, 2000, 30_000, shortest)).toBe(1500);
    expect(backoff(1, 2000, 30_000, () => 0.5)).toBe(1750);
    expect(backoff(9, 2000, 30_000, shortest)).toBe(22_500);
  });

  it('stays at its bound after failures without end', () => {
    expect(backoff(100_000, 2000, 600_000, longest)).toBe(600_000);
  });
});
