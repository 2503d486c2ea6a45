import type { Clock } from '../../../src/common/clock.js';

/** Time that stands still until a test moves it, for code that reads the time and schedules nothing. */
export class StoppedClock implements Clock {
  constructor(private time = Date.parse('2026-06-01T00:00:00Z')) {}

  now(): number {
    return this.time;
  }

  schedule(): never {
    throw new Error('nothing is to be scheduled here');
  }

  advance(ms: number): void {
    this.time += ms;
  }
}
