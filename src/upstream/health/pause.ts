/** The pause that the upstream asks for with 429, or with 503 and `Retry-After`. */
import { backoff } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';

/** Without `Retry-After`. */
const DEFAULT_MS = 10_000;
/** Min pause, whatever `Retry-After` says: it doubles while the upstream throttles. */
const MIN = { base: 2000, max: 600_000 };

export class Pause {
  /** On the monotonic clock. */
  private until = 0;
  /** Pauses in a row. */
  private count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get leftMs(): number {
    return Math.max(0, this.until - this.clock.elapsed());
  }

  /** Starts a pause and returns whether it is a new one: concurrent requests that are throttled count once. */
  begin(retryAfterSeconds: number | undefined): boolean {
    const isNew = this.leftMs === 0;
    if (isNew) this.count++;
    const askedMs = retryAfterSeconds === undefined ? DEFAULT_MS : retryAfterSeconds * 1000;
    const minMs = backoff(this.count, MIN.base, MIN.max, this.random);
    this.until = Math.max(this.until, this.clock.elapsed() + Math.max(askedMs, minMs));
    return isNew;
  }

  /**
   * The upstream accepted a request; returns whether that ends a pause or a row of pauses. A request that was sent before the
   * pause says nothing; only a `probe` is sent during it.
   */
  accepted(probe: boolean): boolean {
    if (this.count === 0 || (this.leftMs > 0 && !probe)) return false;
    this.until = 0;
    this.count = 0;
    return true;
  }
}
