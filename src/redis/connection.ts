/** The connection to Redis or Valkey. Nothing that needs it may wait for it long, or fail without it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Log } from '../common/log.js';
import type { Secret } from '../common/secret.js';

export interface RedisSettings {
  readonly url: Secret;
  /** Certificate authority of the server, when it is none that the system knows. */
  readonly caFile?: string | undefined;
  /** `host:port` of each Sentinel; the address in `url` is not used then, but its password and database are. */
  readonly sentinels?: readonly string[];
  /** Name of the master that the Sentinels watch. */
  readonly sentinelMaster?: string;
}

/** A server that hangs is as good as none after this. */
const COMMAND_TIMEOUT_MS = 500;
const MAX_RECONNECT_DELAY_MS = 2000;
/** After a failure, what can do without Redis leaves it alone for so long. */
const PAUSE_MS = 5000;

export class RedisConnection {
  /** Connects in the background; commands fail at once while there is no connection. */
  readonly client: Redis;
  private readonly further: Redis[] = [];
  private pausedUntil = 0;

  /** Throws when the file of the certificate authority cannot be read. */
  constructor(
    private readonly settings: RedisSettings,
    private readonly log: Log,
  ) {
    this.client = new Redis({ ...this.options(), enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    let away = false;
    this.client.on('error', (error: Error) => {
      if (!away)
        log.warn({ problem: error.message }, 'Redis cannot be reached; trying again in the background');
      away = true;
    });
    this.client.on('ready', () => {
      away = false;
      log.info({}, 'Redis is connected');
    });
  }

  /** Resolves when commands can be sent, or after `ms` without that. */
  async ready(ms: number): Promise<void> {
    if (this.up) return;
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), ms);
    await once(this.client, 'ready', { signal: waiting.signal }).catch(() => undefined);
    clearTimeout(timer);
  }

  /** Whether commands can be sent at the moment. */
  get up(): boolean {
    return this.client.status === 'ready';
  }

  /** As {@link up}, and no command has failed just now: to be asked on the way of a request. */
  get available(): boolean {
    return this.up && Date.now() >= this.pausedUntil;
  }

  /** To be called when a command failed. */
  failed(): void {
    this.pausedUntil = Date.now() + PAUSE_MS;
  }

  /** Calls `heard` for each message on `channel`, and `connected` whenever messages may have been missed before. */
  subscribe(channel: string, heard: () => void, connected: () => void): () => void {
    const subscriber = new Redis({ ...this.options(), maxRetriesPerRequest: null });
    this.further.push(subscriber);
    // The other connection tells of trouble.
    subscriber.on('error', () => undefined);
    subscriber.on('message', heard);
    subscriber.on('ready', connected);
    subscriber.subscribe(channel).catch((error: Error) => {
      this.log.warn({ problem: error.message }, 'Redis takes no subscription');
    });
    return () => subscriber.disconnect();
  }

  close(): void {
    for (const redis of [this.client, ...this.further]) redis.disconnect();
  }

  private options() {
    const { url, caFile, sentinels = [], sentinelMaster } = this.settings;
    const { protocol, hostname, port, username, password, pathname } = new URL(url.reveal());
    const tls =
      protocol === 'rediss:' ? { ...(caFile !== undefined && { ca: certificate(caFile) }) } : undefined;
    const place =
      sentinels.length > 0
        ? {
            sentinels: sentinels.map(addressOf),
            name: sentinelMaster ?? 'mymaster',
            ...(tls && { enableTLSForSentinelMode: true }),
          }
        : { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
    return {
      ...place,
      ...(tls && { tls }),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      db: Number(pathname.slice(1) || 0),
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: 2000,
      retryStrategy: (attempt: number) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
    };
  }
}

function addressOf(sentinel: string): { host: string; port: number } {
  const { hostname, port } = new URL(`redis://${sentinel}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 26379) };
}

function certificate(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: REDIS_CA_FILE cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
