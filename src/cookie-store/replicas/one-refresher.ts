/** One refresh for all replicas: the replica with the lock sends the request, the others use the cookies it writes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../common/clock.js';
import { errorSummary } from '../../common/error-summary.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import { supersedes, type SignedCookies } from '../../strava-cookies/index.js';
import type { RefreshOutcome, WebSession } from '../life-cycle/web-session.js';
import { digestOf, type CookieRecord, type Lease, type RedisCookies } from './redis-cookies.js';

/** Interval at which a replica without the lock checks for the result. */
const POLL_MS = 100;
/** A replica that was suspended while it held the lock may refresh once more; the interval bounds how often. */
const MIN_INTERVAL_MS = 1000;

export class OneRefresher implements WebSession {
  constructor(
    private readonly upstream: WebSession,
    private readonly shared: RedisCookies,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Without Redis, each replica refreshes on its own. Never rejects. */
  async refresh(session: Secret, signal: AbortSignal, current?: SignedCookies): Promise<RefreshOutcome> {
    try {
      return await this.refreshOnce(session, signal, current);
    } catch (error) {
      if (signal.aborted) return TIMED_OUT;
      this.log.warn(
        { problem: errorSummary(error) },
        'Redis cannot be used; this replica refreshes on its own',
      );
      return this.upstream.refresh(session, signal);
    }
  }

  private async refreshOnce(
    session: Secret,
    signal: AbortSignal,
    current: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    for (;;) {
      const lease = await this.shared.lock();
      if (lease)
        try {
          return await this.refreshWithLock(lease, session, signal, current);
        } finally {
          await lease.release();
        }
      await sleep(POLL_MS, undefined, { signal });
      const written = this.newerIn(await this.shared.read(), session, current);
      if (written) return written;
    }
  }

  private async refreshWithLock(
    lease: Lease,
    session: Secret,
    signal: AbortSignal,
    current: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    // Another replica may have refreshed before this one got the lock.
    const record = await this.shared.read();
    const written = this.newerIn(record, session, current) ?? (await this.shared.failure(session));
    if (written) return written;
    const pause = (record?.refreshedAt ?? 0) + MIN_INTERVAL_MS - this.clock.now();
    if (pause > 0) await sleep(Math.min(pause, MIN_INTERVAL_MS), undefined, { signal });
    const outcome = await this.upstream.refresh(session, signal);
    try {
      return await this.share(lease, outcome, record, session, current);
    } catch (error) {
      // The outcome counts for this replica even if the others do not get it.
      this.log.warn(
        { problem: errorSummary(error) },
        'Redis cannot be used; the refreshed cookies are not shared yet',
      );
      return outcome;
    }
  }

  private async share(
    lease: Lease,
    outcome: RefreshOutcome,
    record: CookieRecord | undefined,
    session: Secret,
    current: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    if (outcome.kind !== 'success') {
      await lease.fail(session, outcome);
      return outcome;
    }
    const cookies = { session: outcome.session ?? session, signed: outcome.signed };
    if (await lease.write(cookies, record, this.clock.now(), session)) return outcome;
    this.log.warn({}, 'the refresh took longer than its lock; using the cookies of another replica');
    return this.newerIn(await this.shared.read(), session, current) ?? outcome;
  }

  /**
   * Unexpired cookies that another replica has written for this session, or for one that Strava issued in exchange.
   * They come from a refresh, so they replace current ones with the same expiry.
   */
  private newerIn(
    record: CookieRecord | undefined,
    session: Secret,
    current: SignedCookies | undefined,
  ): RefreshOutcome | undefined {
    const { signed } = record ?? {};
    if (!record || !signed || signed.expiresAt <= this.clock.now()) return undefined;
    if (!record.known.includes(digestOf(session))) return undefined;
    if (!supersedes(signed, current, { withSameExpiry: true })) return undefined;
    const exchanged =
      record.session && record.session.reveal() !== session.reveal() ? record.session : undefined;
    return { kind: 'success', signed, session: exchanged, byAnother: true };
  }
}

const TIMED_OUT: RefreshOutcome = {
  kind: 'upstream_error',
  detail: 'another replica refreshes the cookies and has not finished in time',
};
