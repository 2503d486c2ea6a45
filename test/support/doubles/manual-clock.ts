import type { Clock } from '../../../src/common/clock.js';

/** A clock that a test advances; runs scheduled tasks when they are due. */
export class ManualClock implements Clock {
  private correction = 0;
  private tasks: { at: number; task: () => void }[] = [];

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

  schedule(delayMs: number, task: () => void): () => void {
    const entry = { at: this.time + delayMs, task };
    this.tasks.push(entry);
    return () => {
      this.tasks = this.tasks.filter((other) => other !== entry);
    };
  }

  /** Time of the next scheduled task; undefined without one. */
  get next(): number | undefined {
    return this.tasks.length === 0 ? undefined : Math.min(...this.tasks.map(({ at }) => at));
  }

  /** Advances by `ms` and runs due tasks in order; `settle` waits for the work that a task has started. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.time + ms;
    for (let next = this.next; next !== undefined && next <= end; next = this.next) {
      this.time = Math.max(this.time, next);
      const due = this.tasks.filter(({ at }) => at <= this.time);
      this.tasks = this.tasks.filter(({ at }) => at > this.time);
      for (const { task } of due) task();
      await settle();
    }
    this.time = end;
    await settle();
  }
}
