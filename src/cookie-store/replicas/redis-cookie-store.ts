/**
 * The cookie store of a replica: its local store, and the cookies that all replicas share in Redis. A session in the
 * local store, a file or a setting, is used if no replica has used it before; otherwise the shared cookies are.
 */
import { errorSummary } from '../../common/error-summary.js';
import { fileProblem } from '../../common/files/read-text.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import { sessionsOf, supersedes, type StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore, LoadedCookies } from '../stores/cookie-store.js';
import { digestOf, type CookieRecord, type RedisCookies } from './redis-cookies.js';

export class RedisCookieStore implements CookieStore {
  readonly place: string;
  /** The session in the local store. */
  private localSession: Secret | undefined;
  /** The cookies of this replica, for a Redis that lost them. */
  private latest: LoadedCookies | undefined;

  constructor(
    private readonly local: CookieStore,
    private readonly shared: RedisCookies,
    private readonly log: Log,
    private readonly now: () => number,
  ) {
    this.place = `${local.place} and Redis`;
  }

  async load(): Promise<LoadedCookies> {
    const [local, record] = await Promise.allSettled([this.local.load(), this.shared.read()]);
    if (record.status === 'rejected') this.reportUnreachable(record.reason);
    const shared = record.status === 'fulfilled' ? record.value : undefined;
    if (local.status === 'rejected') {
      if (!shared) throw local.reason;
      this.log.warn(
        { place: this.local.place, problem: fileProblem(local.reason) },
        'the local cookies cannot be read; using the cookies in Redis',
      );
      return (this.latest = { ...shared, shared: true });
    }
    const { session, signed } = local.value;
    this.localSession = session;
    this.latest =
      !shared || hasNewSession(local.value, shared)
        ? local.value
        : {
            session: shared.session ?? session,
            otherSessions: sessionsOf(local.value).filter((each) => !isKnown(each, shared)),
            signed: shared.signed ?? signed,
            shared: true,
          };
    return this.latest;
  }

  /** Rejects if the cookies can be saved in neither place. What Redis misses is written when it is reachable again. */
  async save(cookies: StoredCookies): Promise<void> {
    this.latest = cookies;
    const [local, shared] = await Promise.allSettled([
      this.local.save(cookies),
      this.share(cookies, replacesAfterRefresh),
    ]);
    if (shared.status === 'fulfilled') return;
    this.reportUnreachable(shared.reason);
    if (local.status === 'rejected') throw local.reason;
  }

  watch(changed: () => void): () => void {
    const stops = [this.local.watch(changed), this.shared.watch(changed, () => void this.restore())];
    return () => stops.forEach((stop) => stop());
  }

  /** Writes the cookies that Redis missed or lost, unless another replica may have newer ones. */
  private async restore(): Promise<void> {
    if (this.latest?.signed)
      await this.share(this.latest, replacesAfterOutage).catch((error: unknown) =>
        this.reportUnreachable(error),
      );
  }

  private async share(
    cookies: StoredCookies,
    replaces: (cookies: StoredCookies, record: CookieRecord) => boolean,
  ): Promise<void> {
    const shouldWrite = (record: CookieRecord | undefined) => !record || replaces(cookies, record);
    if (!shouldWrite(await this.shared.read())) return;
    const lease = await this.shared.lock();
    // The replica with the lock is about to write newer cookies.
    if (!lease) return;
    try {
      // Another replica may have written before this one got the lock.
      const record = await this.shared.read();
      if (shouldWrite(record)) await lease.write(cookies, record, this.now(), this.localSession);
    } finally {
      await lease.release();
    }
  }

  private reportUnreachable(error: unknown): void {
    this.log.warn(
      { problem: errorSummary(error) },
      'Redis cannot be used; using the cookies of this replica',
    );
  }
}

/** Whether no replica has used a session of `cookies`. An earlier session in the file of one replica is not new. */
function hasNewSession(cookies: StoredCookies, record: CookieRecord): boolean {
  const sessions = sessionsOf(cookies);
  return sessions.length > 0 && !sessions.some((session) => isKnown(session, record));
}

function isKnown(session: Secret, { known }: CookieRecord): boolean {
  return known.includes(digestOf(session));
}

/** `cookies` come from a refresh or a push: they also replace cookies with the same expiry. */
function replacesAfterRefresh(cookies: StoredCookies, record: CookieRecord): boolean {
  return (
    hasNewSession(cookies, record) || supersedes(cookies.signed, record.signed, { withSameExpiry: true })
  );
}

/** `cookies` may be older than those of other replicas, and their session as well: only a later expiry counts. */
function replacesAfterOutage(cookies: StoredCookies, record: CookieRecord): boolean {
  return supersedes(cookies.signed, record.signed);
}
