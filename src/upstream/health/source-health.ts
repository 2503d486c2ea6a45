/**
 * Health of one group of tile sources: whether it can be reached, whether it asks for a pause, and whether it has tiles at all.
 * While it has an issue, one probe at a time asks for the world tile, so the issue ends without a client.
 */
import type { SourceGroup, TileAddress } from '../../catalog/index.js';
import { backoff } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';
import type { Log } from '../../common/log.js';
import { isConclusive } from '../../common/net/connection-problem.js';
import { Pause } from './pause.js';
import type { TileResponse } from '../tile-fetch.js';
import type { UpstreamError } from '../upstream-error.js';
import { blankIssue, pauseIssue, unreachableIssue, type UpstreamIssue } from './upstream-issue.js';
import { isWorldTile } from './world-tile.js';

export interface SourceHealthOptions {
  readonly group: SourceGroup;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: (() => number) | undefined;
  /** Whether tiles come from this group at present. */
  readonly isUsed: () => boolean;
  /** Requests the world tile. Never rejects. */
  readonly probe: () => Promise<void>;
}

/** Failures in a row that show that the source cannot be reached, unless one failure alone shows it. */
const FAILURES = 3;
/** Empty tiles in a row after which the world tile is checked, and for how long a check counts. */
const EMPTY_TILES = 10;
const WORLD_CHECK_MS = 30_000;
const PROBE_PAUSE = { base: 10_000, max: 300_000 };
/** A pause longer than the base is probed before its end. */
const THROTTLED_PROBE_PAUSE = { base: 60_000, max: 600_000 };

export class SourceHealth {
  readonly pause: Pause;
  private failures = 0;
  private failure: UpstreamError | undefined;
  /** Whether the last check found the whole world without heat. */
  isBlank = false;
  private emptyTiles = 0;
  /** On the monotonic clock. */
  private worldSeenAt = Number.NEGATIVE_INFINITY;
  private probes = 0;
  private cancelProbe: (() => void) | undefined;
  private readonly random: () => number;

  constructor(private readonly options: SourceHealthOptions) {
    this.random = options.random ?? Math.random;
    this.pause = new Pause(options.clock, this.random);
  }

  get issue(): UpstreamIssue | undefined {
    if (this.isUnreachable) return unreachableIssue(this.options.group, this.failure!);
    if (this.pause.leftMs > 0) return pauseIssue(this.options.clock.now() + this.pause.leftMs);
    return this.isBlank ? blankIssue() : undefined;
  }

  /** Whether the world tile has to be checked before an empty tile is believed, `replacing` one with heat or not. */
  doubts(replacing: boolean): boolean {
    if (this.isBlank) return false;
    // Heat seldom disappears, so such a tile is always worth a check.
    if (replacing) return true;
    return (
      this.emptyTiles >= EMPTY_TILES && this.options.clock.elapsed() - this.worldSeenAt >= WORLD_CHECK_MS
    );
  }

  /** The source gave a tile, or has none at `address`. */
  answered(address: TileAddress, { kind }: TileResponse, probe = false): void {
    this.reached(probe);
    const isWorld = isWorldTile(address);
    if (kind !== 'empty') {
      this.emptyTiles = 0;
      if (isWorld) this.worldSeenAt = this.options.clock.elapsed();
      if (this.isBlank) this.tell('info', 'the upstream has tiles again');
      this.isBlank = false;
    } else {
      this.emptyTiles++;
      if (isWorld && !this.isBlank) {
        this.isBlank = true;
        this.tell(
          'warn',
          'the upstream has no tile at all; empty tiles do not replace cached ones',
          blankIssue(),
        );
      }
    }
    this.plan();
  }

  /** The source answered, if only to refuse a tile. */
  reached(probe = false): void {
    if (this.isUnreachable) this.tell('info', 'the upstream can be reached again');
    this.failures = 0;
    this.failure = undefined;
    if (this.pause.accepted(probe)) this.tell('info', 'the upstream accepts requests again');
  }

  /** A request failed; `conclusive`: this failure alone shows that the source cannot be reached. */
  failed(error: UpstreamError, conclusive = isConclusive(error.code)): void {
    const was = this.isUnreachable;
    this.failure = error;
    this.failures = conclusive ? Math.max(this.failures + 1, FAILURES) : this.failures + 1;
    if (!was && this.isUnreachable) this.tell('warn', 'the upstream cannot be reached', this.issue);
    this.plan();
  }

  throttled({ retryAfterSeconds, upstreamStatus }: UpstreamError): void {
    if (this.pause.begin(retryAfterSeconds)) {
      const seconds = Math.ceil(this.pause.leftMs / 1000);
      this.tell('warn', 'the upstream throttles; tile requests pause', { status: upstreamStatus, seconds });
      this.stop();
    }
    this.plan();
  }

  stop(): void {
    this.cancelProbe?.();
    this.cancelProbe = undefined;
  }

  private get isUnreachable(): boolean {
    return this.failures >= FAILURES;
  }

  /** Schedules the next probe, or none while there is nothing to find out. */
  private plan(): void {
    const delayMs = this.probeDelay();
    if (delayMs === undefined) {
      this.stop();
      this.probes = 0;
    } else this.cancelProbe ??= this.options.clock.schedule(delayMs, () => void this.probe());
  }

  private probeDelay(): number | undefined {
    const { leftMs } = this.pause;
    const fails = this.failures > 0 || this.isBlank;
    const { base, max } = leftMs > 0 ? THROTTLED_PROBE_PAUSE : PROBE_PAUSE;
    const delayMs = backoff(this.probes + 1, base, max, this.random);
    if (leftMs === 0) return fails ? delayMs : undefined;
    if (leftMs > base) return Math.min(delayMs, leftMs);
    return fails ? leftMs : undefined;
  }

  private async probe(): Promise<void> {
    this.cancelProbe = undefined;
    if (!this.options.isUsed()) return this.forget();
    this.probes++;
    await this.options.probe();
    this.plan();
  }

  /** Tiles come from another group: when they come from this one again, the next request shows what it does. */
  private forget(): void {
    this.failures = 0;
    this.failure = undefined;
    this.isBlank = false;
  }

  private tell(level: 'info' | 'warn', message: string, fields: object = {}): void {
    this.options.log[level]({ source: this.options.group, ...fields }, message);
  }
}
