/** Whether a source of tiles answers. A source that failed is tried again after a pause that doubles with each failure. */
import { backoff } from '../common/backoff.js';
import type { Clock } from '../common/clock.js';

const PAUSE = { base: 30_000, max: 600_000 };

export class SourceState {
  /** Whether the source has given a tile: until then, its 404 may come from a server that has no tiles at all. */
  hasGivenTile = false;
  private failures = 0;
  /** On the monotonic clock, as `answeredAt`. */
  private retryAt = 0;
  private answeredAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Whether the last request failed. */
  get fails(): boolean {
    return this.failures > 0;
  }

  /** Whether the source failed and its pause has passed. */
  get mayBeTried(): boolean {
    return this.fails && this.clock.elapsed() >= this.retryAt;
  }

  answeredWithin(ms: number): boolean {
    return !this.fails && this.clock.elapsed() - this.answeredAt < ms;
  }

  answered(): void {
    this.failures = 0;
    this.answeredAt = this.clock.elapsed();
  }

  /** Concurrent requests that fail count once. */
  failed(): void {
    if (!this.fails || this.mayBeTried) this.pause();
  }

  /** Starts the next pause before the outcome is known, so that one request tries the source and not all that wait. */
  pause(): void {
    this.failures++;
    this.retryAt = this.clock.elapsed() + backoff(this.failures, PAUSE.base, PAUSE.max, this.random);
  }
}
