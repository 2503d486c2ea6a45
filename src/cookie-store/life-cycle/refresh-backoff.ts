/** When the next refresh may be tried: pauses that grow with failures, so that no trouble becomes a storm. */
import { backoff } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

interface Pause {
  readonly base: number;
  readonly max: number;
}

/** Upstream trouble passes: seconds at first, at most ten minutes. */
const TROUBLE: Pause = { base: 2 * SECOND, max: 600 * SECOND };
/** A rejected session needs a person; an attempt now and then finds out a rejection by mistake. */
const REJECTED: Pause = { base: 600 * SECOND, max: 6 * HOUR };
/** Cookies that open other tiles may be revoked any time, and then a refresh must not be far. */
const ONE_TILE: Pause = { base: 2 * SECOND, max: 60 * SECOND };

export class RefreshBackoff {
  /** Milliseconds since the epoch. */
  nextAttemptAt = 0;
  private failures = 0;
  private lastFailure: 'session_rejected' | 'upstream_error' | undefined;
  private fruitless = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get open(): boolean {
    return this.clock.now() >= this.nextAttemptAt;
  }

  /** A refresh failed; `toldMs` is what the upstream asked to wait. */
  failed(kind: 'session_rejected' | 'upstream_error', toldMs: number): void {
    this.failures = kind === this.lastFailure ? this.failures + 1 : 1;
    this.lastFailure = kind;
    const pause = kind === 'session_rejected' ? REJECTED : TROUBLE;
    this.hold(Math.max(toldMs, this.length(this.failures, pause)));
  }

  /** A refresh succeeded. Only a tile can tell whether it was of use, so a pause for fruitless ones stays in force. */
  succeeded(): void {
    this.failures = 0;
    this.lastFailure = undefined;
    if (this.fruitless === 0) this.nextAttemptAt = 0;
  }

  /** A refresh brought cookies that did not help a tile; `othersOpen` tells that they open other tiles. */
  refreshUseless(othersOpen: boolean): void {
    this.fruitless++;
    this.hold(this.length(this.fruitless, othersOpen ? ONE_TILE : TROUBLE));
  }

  /** A refresh helped a tile. */
  refreshUseful(): void {
    this.fruitless = 0;
  }

  /** New cookies came in: what was learnt of the old ones does not count. */
  reset(): void {
    this.refreshUseful();
    this.succeeded();
  }

  private length(failures: number, { base, max }: Pause): number {
    return backoff(failures, base, max, this.random);
  }

  private hold(ms: number): void {
    this.nextAttemptAt = Math.max(this.nextAttemptAt, this.clock.now() + ms);
  }
}
