import { systemClock, type Clock } from '../../../src/common/clock.js';

/** Time that stands still until a test advances it. Scheduled tasks keep the timers of the system. */
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
