import type { Clock } from '../../../src/common/clock.js';

/** A clock that a test advances, for code that schedules nothing. */
export class StoppedClock implements Clock {
  private correction = 0;

  constructor(private time = Date.parse('2026-06-01T00:00:00Z')) {}

  now(): number {
    return this.time + this.correction;
  }

  elapsed(): number {
    return this.time;
  }

  /** Sets the system time forward or, with a negative value, back. */
  set(ms: number): void {
    this.correction += ms;
  }

  schedule(): never {
    throw new Error('this clock schedules nothing');
  }

  advance(ms: number): void {
    this.time += ms;
  }
}
