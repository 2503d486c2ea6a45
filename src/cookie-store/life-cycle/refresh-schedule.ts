/** The timer of the automatic refresh: before the cookies expire, or at the end of a backoff. */
import type { Clock } from '../../common/clock.js';

const MIN_DELAY_MS = 500;
/** A timer may fire a fraction of a millisecond early. */
const PRECISION_MS = 1;

export interface RefreshScheduleOptions {
  readonly clock: Clock;
  /** Time from which a refresh is allowed, on the monotonic clock. */
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
    const begun = clock.elapsed();
    const remaining = expiresAt === undefined ? 0 : Math.max(expiresAt - clock.now(), 0);
    // Cookies whose lifetime is shorter than the lead are refreshed at half their life. Jitter keeps replicas apart.
    const lead = Math.min(refreshBeforeMs, remaining / 2);
    const planned = begun + (remaining - lead) * (0.9 + 0.1 * random());
    const at = Math.max(planned, nextAttemptAt(), begun + MIN_DELAY_MS);
    this.stop = clock.schedule(at - begun, () => {
      const reached = clock.elapsed() + PRECISION_MS;
      if (reached >= at && reached >= nextAttemptAt()) refresh();
      else this.plan(expiresAt);
    });
  }
}
