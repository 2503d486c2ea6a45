/** Cookies and refresh lock of all replicas, in Redis. Every method rejects if Redis cannot be used. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../common/clock.js';
import { parseJson } from '../../common/json/parse-json.js';
import { MAX_RETRY_AFTER_SECONDS } from '../../common/net/retry-after.js';
import { Secret } from '../../common/secret.js';
import type { RedisConnection } from '../../redis/index.js';
import {
  isCookieValue,
  signedCookiesOf,
  type SignedCookies,
  type StoredCookies,
} from '../../strava-cookies/index.js';
import type { FailedRefresh } from '../life-cycle/web-session.js';

/** The common hash tag puts the keys on the same node of a Redis cluster, which the scripts need. */
const COOKIES = '{heatmap}:cookies';
const LOCK = '{heatmap}:refresh-lock';
const FAILURE = '{heatmap}:refresh-failure';
const CHANNEL = '{heatmap}:cookies-changed';

/** Lock TTL; the holder renews it every TTL/3. */
export const LOCK_MS = 3000;
/** How long the failed refresh of one replica counts for all. */
const FAILURE_MS = 5000;
/** Messages may be lost, so the version is polled as well. */
const POLL_MS = 5000;
/** Maximum number of earlier sessions in a record. */
const KNOWN_SESSIONS = 50;

/** The cookies of a browser have 4 kB each. */
const MAX_RECORD_BYTES = 256 * 1024;

const RECORD = z.object({
  version: z.int().min(0),
  session: z.string().refine(isCookieValue).optional(),
  values: z.record(z.string(), z.string()).optional(),
  refreshedAt: z.number(),
  known: z.array(z.string()),
});

export interface CookieRecord extends StoredCookies {
  readonly version: number;
  /** When the last refresh ended, in milliseconds since the epoch. */
  readonly refreshedAt: number;
  /** Digests of the sessions that replicas have used, this record's included. */
  readonly known: readonly string[];
}

const FAILED = z.object({
  session: z.string(),
  kind: z.enum(['session_rejected', 'onboarding', 'upstream_error']),
  detail: z.string().max(1000),
  retryAfterSeconds: z.number().min(0).max(MAX_RETRY_AFTER_SECONDS).optional(),
});

/** A lock that does not expire within its TTL, of whatever type, is not one of a replica: it expires then. */
export const TAKE = `
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;
/** The fence: a replica that lost the lock, for example because it was suspended, does not write. */
export const WRITE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[3])
redis.call('PUBLISH', ARGV[3], '')
return 1`;
export const EXTEND = `return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0`;
export const RELEASE = `return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0`;

export class RedisCookies {
  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {}

  /** The shared cookies; undefined if there are none, or if the record is not valid. */
  async read(): Promise<CookieRecord | undefined> {
    const record = await this.readRecord(COOKIES, RECORD);
    if (!record) return undefined;
    const { version, session, values, refreshedAt, known } = record;
    return {
      version,
      session: session === undefined ? undefined : new Secret(session),
      signed: values && signedCookiesOf(new Map(Object.entries(values)), this.clock.now()),
      // A time in the future is that of another clock.
      refreshedAt: Math.min(refreshedAt, this.clock.now()),
      known,
    };
  }

  /** Takes the lock; undefined while another replica has it. */
  async lock(): Promise<Lease | undefined> {
    const token = randomUUID();
    const taken = await this.redis.run('cookies', (client) => client.eval(TAKE, 1, LOCK, token, LOCK_MS));
    return taken === 1 ? new Lease(this.redis, token) : undefined;
  }

  /** The failed refresh of this session by another replica within the last seconds. */
  async failure(session: Secret): Promise<FailedRefresh | undefined> {
    const failed = await this.readRecord(FAILURE, FAILED);
    if (failed?.session !== digestOf(session)) return undefined;
    const { kind, detail, retryAfterSeconds } = failed;
    return kind === 'upstream_error' ? { kind, detail, retryAfterSeconds } : { kind, detail };
  }

  private async readRecord<T extends z.ZodType>(key: string, schema: T): Promise<z.output<T> | undefined> {
    const bytes = await this.redis.read('cookies', key, MAX_RECORD_BYTES);
    if (!bytes) return undefined;
    const { data } = schema.safeParse(parseJson(bytes.toString('utf8')));
    if (data === undefined) this.redis.operations.foundInvalidRecord('cookies');
    return data;
  }

  /**
   * Calls `changed` when another replica may have written, and `returned` when Redis may have lost data: it was
   * unreachable, is empty, or was replaced by another server. The returned function stops both.
   */
  watch(changed: () => void, returned: () => void): () => void {
    let seenVersion: number | undefined;
    let mayLackData = false;
    const check = async () => {
      let record: CookieRecord | undefined;
      try {
        record = await this.read();
      } catch {
        mayLackData = true;
        return;
      }
      if (mayLackData || !record) returned();
      mayLackData = false;
      if (!record || record.version === seenVersion) return;
      seenVersion = record.version;
      changed();
    };
    const poll = () => void check();
    const unsubscribe = this.redis.subscribe(CHANNEL, poll, () => {
      // Also without an outage: a replica of Redis that took over may lack the last writes.
      mayLackData = true;
      poll();
    });
    const timer = setInterval(poll, POLL_MS).unref();
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }
}

/** A held lock, renewed until it is released. */
export class Lease {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisConnection,
    private readonly token: string,
  ) {
    this.heartbeat = setInterval(() => {
      redis.run('cookies', (client) => client.eval(EXTEND, 1, LOCK, token, LOCK_MS)).catch(() => undefined);
    }, LOCK_MS / 3).unref();
  }

  /**
   * Replaces the shared cookies. False if another replica has taken the lock in the meantime: then nothing changes.
   * `usedSession` is the session of the refresh, which Strava may have exchanged for that of `cookies`.
   */
  async write(
    cookies: StoredCookies,
    old: CookieRecord | undefined,
    refreshedAt: number,
    usedSession?: Secret,
  ): Promise<boolean> {
    const sessions = [old?.session, usedSession, cookies.session].flatMap((secret) =>
      secret ? [digestOf(secret)] : [],
    );
    const record: z.output<typeof RECORD> = {
      version: (old?.version ?? 0) + 1,
      session: cookies.session?.reveal(),
      values: cookies.signed && valuesOf(cookies.signed),
      refreshedAt,
      known: [...new Set([...(old?.known ?? []), ...sessions])].slice(-KNOWN_SESSIONS),
    };
    const text = JSON.stringify(record);
    const written = await this.redis.run('cookies', (client) =>
      client.eval(WRITE, 3, LOCK, COOKIES, FAILURE, this.token, text, CHANNEL),
    );
    return written === 1;
  }

  /** Shares the failed refresh of `session`. */
  async fail(session: Secret, failure: FailedRefresh): Promise<void> {
    const text = JSON.stringify({ ...failure, session: digestOf(session) });
    await this.redis.run('cookies', (client) => client.set(FAILURE, text, 'PX', FAILURE_MS));
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    // If the release fails, the lock expires.
    await this.redis
      .run('cookies', (client) => client.eval(RELEASE, 1, LOCK, this.token))
      .catch(() => undefined);
  }
}

export function digestOf(session: Secret): string {
  return createHash('sha256').update(session.reveal()).digest('base64url').slice(0, 22);
}

function valuesOf({ values }: SignedCookies): Record<string, string> {
  return Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()]));
}
