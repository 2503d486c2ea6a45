/** The refresh that comes by itself: before the cookies expire, or at the end of a pause. */
import type { Clock } from '../../common/clock.js';
import type { RefreshBackoff } from './refresh-backoff.js';

const AT_LEAST_MS = 500;

export interface RefreshScheduleOptions {
  readonly clock: Clock;
  readonly pace: RefreshBackoff;
  /** How long before expiry the cookies are refreshed. */
  readonly refreshBeforeMs: number;
  readonly random: () => number;
  readonly refresh: () => void;
}

export class RefreshSchedule {
  private stop: () => void = () => undefined;

  constructor(private readonly options: RefreshScheduleOptions) {}

  cancel(): void {
    this.stop();
  }

  /** Replaces what was planned. `goodUntil` is the expiry of cookies that need no refresh before they near it. */
  plan(goodUntil: number | undefined): void {
    const { clock, pace, refreshBeforeMs, random, refresh } = this.options;
    this.stop();
    const now = clock.now();
    const remaining = Math.max((goodUntil ?? now) - now, 0);
    // Cookies that live shorter than the lead are refreshed at half their life. The jitter keeps replicas apart.
    const lead = Math.min(refreshBeforeMs, remaining / 2);
    const due = now + (remaining - lead) * (0.9 + 0.1 * random());
    const at = Math.max(due, pace.nextAttemptAt, now + AT_LEAST_MS);
    this.stop = clock.schedule(at - now, () => {
      if (pace.open && clock.now() >= at) refresh();
      else this.plan(goodUntil);
    });
  }
}
