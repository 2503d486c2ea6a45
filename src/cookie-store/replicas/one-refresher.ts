/** One refresh for all replicas: whoever gets the lock asks Strava, and the others take what it wrote. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../common/clock.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import { errorSummary } from '../../common/error-summary.js';
import { digestOf, type Lease, type RedisCookies, type CookieRecord } from './redis-cookies.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import type { RefreshOutcome, WebSession } from '../life-cycle/web-session.js';

/** How often a replica that waits for another looks whether it is done. */
const LOOK_MS = 100;
/** The lock cannot keep a replica that slept from refreshing once more, but time between refreshes can. */
const MIN_INTERVAL_MS = 1000;

export class OneRefresher implements WebSession {
  constructor(
    private readonly alone: WebSession,
    private readonly shared: RedisCookies,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** While Redis is away, each replica refreshes for itself. Never rejects. */
  async refresh(session: Secret, signal: AbortSignal, held?: SignedCookies): Promise<RefreshOutcome> {
    try {
      return await this.together(session, signal, held);
    } catch (error) {
      if (signal.aborted) return LATE;
      this.log.warn({ problem: errorSummary(error) }, 'Redis is away; this replica refreshes for itself');
      return this.alone.refresh(session, signal);
    }
  }

  private async together(
    session: Secret,
    signal: AbortSignal,
    held: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    for (;;) {
      const lease = await this.shared.lock();
      if (lease)
        try {
          return await this.withLock(lease, session, signal, held);
        } finally {
          await lease.release();
        }
      await sleep(LOOK_MS, undefined, { signal });
      const theirs = this.newer(await this.shared.read(), session, held);
      if (theirs) return theirs;
    }
  }

  private async withLock(
    lease: Lease,
    session: Secret,
    signal: AbortSignal,
    held: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    // Another replica may have been here between the wish and the lock.
    const record = await this.shared.read();
    const theirs = this.newer(record, session, held) ?? (await this.shared.failure(session));
    if (theirs) return theirs;
    const pause = (record?.refreshedAt ?? 0) + MIN_INTERVAL_MS - this.clock.now();
    if (pause > 0) await sleep(Math.min(pause, MIN_INTERVAL_MS), undefined, { signal });
    const answer = await this.alone.refresh(session, signal);
    try {
      return await this.tell(lease, answer, record, session, held);
    } catch (error) {
      // What Strava said counts, also when it cannot be told to anybody.
      this.log.warn(
        { problem: errorSummary(error) },
        'Redis is away; the refreshed cookies are not shared yet',
      );
      return answer;
    }
  }

  private async tell(
    lease: Lease,
    answer: RefreshOutcome,
    record: CookieRecord | undefined,
    session: Secret,
    held: SignedCookies | undefined,
  ): Promise<RefreshOutcome> {
    if (answer.kind !== 'success') {
      await lease.fail(session, answer);
      return answer;
    }
    const cookies = { session: answer.session ?? session, signed: answer.signed };
    if (await lease.write(cookies, record, this.clock.now(), session)) return answer;
    this.log.warn({}, 'the refresh took longer than its lock; what another replica wrote counts');
    return this.newer(await this.shared.read(), session, held) ?? answer;
  }

  /** What another replica has written since: for this session or one that followed it, and not what is held already. */
  private newer(
    record: CookieRecord | undefined,
    session: Secret,
    held: SignedCookies | undefined,
  ): RefreshOutcome | undefined {
    const { signed } = record ?? {};
    if (!record || !signed || signed.expiresAt <= this.clock.now()) return undefined;
    if (!record.known.includes(digestOf(session))) return undefined;
    if (held && (signed.header.reveal() === held.header.reveal() || signed.expiresAt < held.expiresAt))
      return undefined;
    const exchanged =
      record.session && record.session.reveal() !== session.reveal() ? record.session : undefined;
    return { kind: 'success', signed, session: exchanged, byAnother: true };
  }
}

const LATE: RefreshOutcome = {
  kind: 'upstream_error',
  detail: 'another replica refreshes the cookies and has not finished in time',
};
