/** The connection to Redis or Valkey. Nothing that needs it may wait for it long, or fail without it. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Log } from '../common/log.js';
import type { Secret } from '../common/secret.js';
import { isEndOfRound, isReadOnly, redisProblem } from './redis-problem.js';

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
/** A connection on which nothing comes for so long while something is awaited leads nowhere: the host is gone, or Redis hangs. */
const SILENCE_MS = 2000;
const SENTINEL_RETRY_MS = 250;
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
    this.client = this.open();
    /** Each problem is told once until there is a connection. */
    const told = new Set<string>();
    const tell = (message: string) => (error: Error) => {
      if (isEndOfRound(error)) return;
      const problem = redisProblem(error);
      if (!told.has(problem)) log.warn({ problem }, message);
      told.add(problem);
    };
    this.client.on('error', tell('Redis cannot be reached; trying again in the background'));
    this.client.on('sentinelError', tell('a Sentinel does not say where Redis is'));
    this.client.on('ready', () => {
      told.clear();
      log.info({}, 'Redis is connected');
    });
  }

  /** As `client`, for whoever tells of a failure: throws in plain words when there is no connection. */
  get commands(): Redis {
    if (!this.up) throw new Error('there is no connection to Redis');
    return this.client;
  }

  /** Resolves when commands can be sent, or after `ms` without that. */
  async ready(ms: number): Promise<void> {
    if (this.up) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.client.off('ready', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.client.once('ready', end);
    });
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
    const subscriber = this.open();
    this.further.push(subscriber);
    subscriber.on('message', heard);
    subscriber.on('ready', () => {
      subscriber.subscribe(channel).then(connected, (error: Error) => {
        // A connection that has gone is made again, and the other one tells of it.
        if (subscriber.status === 'ready')
          this.log.warn({ problem: redisProblem(error) }, 'Redis takes no subscription');
      });
    });
    return () => subscriber.disconnect();
  }

  close(): void {
    for (const redis of [this.client, ...this.further]) redis.disconnect();
  }

  /** Nothing waits for a connection: a command fails at once while there is none. */
  private open(): Redis {
    const redis = new Redis({
      ...this.options(),
      enableOfflineQueue: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
    });
    // After a certificate that is refused, the same socket may tell of a second error, which would end the process.
    redis.on('error', () => redis.stream?.on('error', () => undefined));
    return redis;
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
            sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
            sentinelRetryStrategy: () => SENTINEL_RETRY_MS,
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
      socketTimeout: SILENCE_MS,
      // A user that may do no more than is needed would be refused it, and servers before 7.2 do not know it.
      disableClientInfo: true,
      connectTimeout: 2000,
      // The master has changed under this connection, and is found by a new one.
      reconnectOnError: isReadOnly,
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
