/** The timer of the automatic refresh: before the cookies expire, or at the end of a backoff. */
import type { Clock } from '../../common/clock.js';

const MIN_DELAY_MS = 500;

export interface RefreshScheduleOptions {
  readonly clock: Clock;
  /** Time from which a refresh is allowed, in milliseconds since the epoch. */
  readonly nextAttemptAt: () => number;
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

  /** Replaces the planned refresh. `expiresAt` is the expiry of usable cookies; without it, the refresh runs at once. */
  plan(expiresAt: number | undefined): void {
    const { clock, nextAttemptAt, refreshBeforeMs, random, refresh } = this.options;
    this.stop();
    const now = clock.now();
    const remaining = Math.max((expiresAt ?? now) - now, 0);
    // Cookies whose lifetime is shorter than the lead are refreshed at half their life. Jitter keeps replicas apart.
    const lead = Math.min(refreshBeforeMs, remaining / 2);
    const planned = now + (remaining - lead) * (0.9 + 0.1 * random());
    const at = Math.max(planned, nextAttemptAt(), now + MIN_DELAY_MS);
    this.stop = clock.schedule(at - now, () => {
      const reached = clock.now();
      if (reached >= at && reached >= nextAttemptAt()) refresh();
      else this.plan(expiresAt);
    });
  }
}
