/** What replicas share in Redis: the cookies, and the right to refresh them. Every function rejects when Redis is away. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../common/clock.js';
import { parseJson } from '../../common/parse-json.js';
import { Secret } from '../../common/secret.js';
import type { RedisConnection } from '../../redis/index.js';
import { signedCookiesOf, type SignedCookies, type StoredCookies } from '../../strava-cookies/index.js';
import type { FailedRefresh } from '../life-cycle/web-session.js';

/** One hash tag, so that the scripts also work where keys are spread over several servers. */
const COOKIES = '{heatmap}:cookies';
const LOCK = '{heatmap}:refresh-lock';
const FAILURE = '{heatmap}:refresh-failure';
const CHANNEL = '{heatmap}:cookies-changed';

/** A refresher that died is followed by another after this; one that lives says so three times as often. */
export const LOCK_MS = 3000;
/** How long all replicas believe what one of them was told. */
const FAILURE_MS = 5000;
/** Messages may be lost, so the version is looked at as well. */
const POLL_MS = 5000;
/** Sessions that have had their turn; whoever has more logged in a score of times. */
const KNOWN_SESSIONS = 50;

const RECORD = z.object({
  version: z.number(),
  session: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
  refreshedAt: z.number(),
  known: z.array(z.string()),
});

export interface CookieRecord extends StoredCookies {
  readonly version: number;
  /** When the last refresh ended, in milliseconds since the epoch. */
  readonly refreshedAt: number;
  /** Digests of the sessions that the cookies of this record follow. */
  readonly known: readonly string[];
}

const FAILED = z.object({
  session: z.string(),
  kind: z.enum(['session_rejected', 'upstream_error']),
  detail: z.string(),
  retryAfterSeconds: z.number().optional(),
});

/** The fence: only who holds the lock writes, however long it slept meanwhile. */
const WRITE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[3])
redis.call('PUBLISH', ARGV[3], '')
return 1`;
const EXTEND = `return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0`;
const RELEASE = `return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0`;

export class RedisCookies {
  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {}

  /** What the replicas share now; undefined when nobody has written anything, or nothing that can be understood. */
  async read(): Promise<CookieRecord | undefined> {
    const text = await this.redis.commands.get(COOKIES);
    const record = RECORD.safeParse(parseJson(text ?? ''));
    if (!record.success) return undefined;
    const { version, session, values, refreshedAt, known } = record.data;
    return {
      version,
      session: session === undefined ? undefined : new Secret(session),
      signed: values && signedCookiesOf(new Map(Object.entries(values)), this.clock.now()),
      refreshedAt,
      known,
    };
  }

  /** The right to refresh, or undefined while another replica has it. */
  async lock(): Promise<Lease | undefined> {
    const token = randomUUID();
    const taken = await this.redis.commands.set(LOCK, token, 'PX', LOCK_MS, 'NX');
    return taken === 'OK' ? new Lease(this.redis, token) : undefined;
  }

  /** What another replica was told of this session within the last seconds. */
  async failure(session: Secret): Promise<FailedRefresh | undefined> {
    const failed = FAILED.safeParse(parseJson((await this.redis.commands.get(FAILURE)) ?? ''));
    if (!failed.success || failed.data.session !== digestOf(session)) return undefined;
    const { kind, detail, retryAfterSeconds } = failed.data;
    return kind === 'session_rejected' ? { kind, detail } : { kind, detail, retryAfterSeconds };
  }

  /**
   * Calls `changed` when another replica may have written, and `returned` when Redis may lack what this one knows: it was
   * away, is empty, or is another. The returned function ends it.
   */
  watch(changed: () => void, returned: () => void): () => void {
    let seen: number | undefined;
    let away = false;
    const look = async () => {
      let record: CookieRecord | undefined;
      try {
        record = await this.read();
      } catch {
        away = true;
        return;
      }
      if (away || !record) returned();
      away = false;
      if (!record || record.version === seen) return;
      seen = record.version;
      changed();
    };
    const again = () => void look();
    const unsubscribe = this.redis.subscribe(CHANNEL, again, () => {
      // Also where it was not missed: another server may have taken its place, which had not heard the last.
      away = true;
      again();
    });
    const timer = setInterval(again, POLL_MS).unref();
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }
}

/** The right to refresh, kept alive until it is released. */
export class Lease {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisConnection,
    private readonly token: string,
  ) {
    this.heartbeat = setInterval(() => {
      redis.client.eval(EXTEND, 1, LOCK, token, LOCK_MS).catch(() => undefined);
    }, LOCK_MS / 3).unref();
  }

  /**
   * Replaces what is shared; false when the lock has gone to another replica meanwhile, and then nothing is changed.
   * `asked` is the session that the cookies follow, when Strava has exchanged it.
   */
  async write(
    cookies: StoredCookies,
    old: CookieRecord | undefined,
    refreshedAt: number,
    asked?: Secret,
  ): Promise<boolean> {
    const sessions = [old?.session, asked, cookies.session].flatMap((secret) =>
      secret ? [digestOf(secret)] : [],
    );
    const record: z.output<typeof RECORD> = {
      version: (old?.version ?? 0) + 1,
      session: cookies.session?.reveal(),
      values: cookies.signed && valuesOf(cookies.signed),
      refreshedAt,
      known: [...new Set([...(old?.known ?? []), ...sessions])].slice(-KNOWN_SESSIONS),
    };
    const written = await this.redis.commands.eval(
      WRITE,
      3,
      LOCK,
      COOKIES,
      FAILURE,
      this.token,
      JSON.stringify(record),
      CHANNEL,
    );
    return written === 1;
  }

  /** Tells the other replicas what Strava said of `session`. */
  async fail(session: Secret, answer: FailedRefresh): Promise<void> {
    const text = JSON.stringify({ ...answer, session: digestOf(session) });
    await this.redis.commands.set(FAILURE, text, 'PX', FAILURE_MS);
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    // It ends by itself where it cannot be given back.
    await this.redis.client.eval(RELEASE, 1, LOCK, this.token).catch(() => undefined);
  }
}

export function digestOf(session: Secret): string {
  return createHash('sha256').update(session.reveal()).digest('base64url').slice(0, 22);
}

function valuesOf({ values }: SignedCookies): Record<string, string> {
  return Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()]));
}
