import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import type { StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore, LoadedCookies } from '../stores/cookie-store.js';
import { errorSummary } from '../../common/error-summary.js';
import { digestOf, type RedisCookies, type CookieRecord } from './redis-cookies.js';

/**
 * Cookies that replicas share in Redis. What a person puts into the place of one replica, a file or a setting, counts as
 * soon as it is a session that nobody has seen before; from then on what the replicas share goes before it.
 */
export class RedisCookieStore implements CookieStore {
  readonly place: string;
  /** The session that a person has put into the place of this replica. */
  private session: Secret | undefined;
  /** What this replica has, for a Redis that returns without it. */
  private latest: LoadedCookies | undefined;

  constructor(
    private readonly own: CookieStore,
    private readonly shared: RedisCookies,
    private readonly log: Log,
    private readonly now: () => number,
  ) {
    this.place = `${own.place} and Redis`;
  }

  async load(): Promise<LoadedCookies> {
    const [own, record] = await Promise.allSettled([this.own.load(), this.shared.read()]);
    if (record.status === 'rejected') this.away(record.reason);
    const shared = record.status === 'fulfilled' ? record.value : undefined;
    if (own.status === 'rejected') {
      if (!shared) throw own.reason;
      this.log.warn(
        { place: this.own.place, problem: errorSummary(own.reason) },
        'going on with the cookies in Redis',
      );
      return (this.latest = { ...shared, shared: true });
    }
    const { session, signed } = own.value;
    this.session = session;
    const news = session && !shared?.known.includes(digestOf(session));
    this.latest =
      !shared || news
        ? own.value
        : { session: shared.session ?? session, signed: shared.signed ?? signed, shared: true };
    return this.latest;
  }

  /** Rejects when the cookies could be kept in neither place; what Redis missed is written when it returns. */
  async save(cookies: StoredCookies): Promise<void> {
    this.latest = cookies;
    const [own, shared] = await Promise.allSettled([this.own.save(cookies), this.write(cookies, isNews)]);
    if (shared.status === 'fulfilled') return;
    this.away(shared.reason);
    if (own.status === 'rejected') throw own.reason;
  }

  watch(changed: () => void): () => void {
    const ends = [this.own.watch(changed), this.shared.watch(changed, () => void this.reconcile())];
    return () => ends.forEach((end) => end());
  }

  /** Gives Redis what it missed or has lost, and nothing that others may know better. */
  private async reconcile(): Promise<void> {
    if (this.latest?.signed)
      await this.write(this.latest, isNewer).catch((error: unknown) => this.away(error));
  }

  private async write(
    cookies: StoredCookies,
    worth: (cookies: StoredCookies, record: CookieRecord) => boolean,
  ): Promise<void> {
    const due = (record: CookieRecord | undefined) => !record || worth(cookies, record);
    if (!due(await this.shared.read())) return;
    const lease = await this.shared.lock();
    // Whoever has the lock is about to write newer ones.
    if (!lease) return;
    try {
      // Another may have had the lock between.
      const record = await this.shared.read();
      if (due(record)) await lease.write(cookies, record, this.now(), this.session);
    } finally {
      await lease.release();
    }
  }

  private away(error: unknown): void {
    this.log.warn(
      { problem: errorSummary(error) },
      'Redis is away; going on with the cookies of this replica',
    );
  }
}

/** What was just saved counts unless newer cookies are there already. */
function isNews({ session, signed }: StoredCookies, record: CookieRecord): boolean {
  if (session && !record.known.includes(digestOf(session))) return true;
  if (!signed || signed.header.reveal() === record.signed?.header.reveal()) return false;
  return signed.expiresAt >= (record.signed?.expiresAt ?? 0);
}

/** Versions are in the order of their expiry. */
function isNewer({ signed }: StoredCookies, record: CookieRecord): boolean {
  return signed !== undefined && signed.expiresAt > (record.signed?.expiresAt ?? 0);
}
