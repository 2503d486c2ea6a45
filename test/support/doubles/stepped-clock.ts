import { systemClock, type Clock } from '../../../src/common/clock.js';

/** A clock that a test advances; scheduled tasks use the timers of the system. */
export class SteppedClock implements Clock {
  private time = systemClock.now();

  now(): number {
    return this.time;
  }

  schedule(delayMs: number, task: () => void): () => void {
    return systemClock.schedule(delayMs, task);
  }

  advance(ms: number): void {
    this.time += ms;
  }
}
