import { systemClock, type Clock } from '../../../src/common/clock.js';

/** A clock that a test advances; scheduled tasks use the timers of the system. */
export class SteppedClock implements Clock {
  private time = systemClock.now();
  private correction = 0;

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

  schedule(delayMs: number, task: () => void): () => void {
    return systemClock.schedule(delayMs, task);
  }

  advance(ms: number): void {
    this.time += ms;
  }
}
