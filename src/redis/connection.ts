/** The connection to Redis or Valkey. Its users neither wait long for it nor fail without it. */
import { fileProblem, readTextSync } from '../common/files/read-text.js';
import { Redis } from 'ioredis';
import type { Log } from '../common/log.js';
import type { Secret } from '../common/secret.js';
import type { RedisOperation } from '../metrics/index.js';
import { isReply, RedisOperations, type CountError } from './redis-operations.js';
import { isEndOfRound, isReadOnly, isWrongType, redisProblem } from './redis-problem.js';

export interface RedisSettings {
  readonly url: Secret;
  /** Certificate authority of the server, if the system does not trust it already. */
  readonly caFile?: string | undefined;
  /** `host:port` of each Sentinel. Host and port of `url` are ignored then; its password and database are used. */
  readonly sentinels?: readonly string[];
  /** Name of the master that the Sentinels watch. */
  readonly sentinelMaster?: string;
}

/** Timeout of one command. */
const COMMAND_TIMEOUT_MS = 500;
/** A connection with a pending command and no data for this time is closed: the host is gone, or Redis hangs. */
const SILENCE_MS = 2000;
const SENTINEL_RETRY_MS = 250;
const MAX_RECONNECT_DELAY_MS = 2000;
/** After a command without a reply, requests skip Redis for this time. */
const PAUSE_MS = 5000;
/** A server that stays a read-only replica is used for reads; reconnects to look for the master are at least this far apart. */
const READ_ONLY_RECONNECT_MS = 10_000;

export class RedisConnection {
  /** Connects in the background; commands fail at once while there is no connection. */
  readonly client: Redis;
  private readonly subscribers: Redis[] = [];
  /** The errors of Redis at the moment. */
  readonly operations: RedisOperations;
  /** On the monotonic clock. */
  private pausedUntil = 0;
  private reconnectedAt = -Infinity;

  /** Throws when the file of the certificate authority cannot be read. */
  constructor(
    private readonly settings: RedisSettings,
    private readonly log: Log,
    countError: CountError = () => undefined,
  ) {
    this.operations = new RedisOperations(log, countError);
    this.client = this.open();
    /** Each problem is logged once until a connection is established. */
    const reported = new Set<string>();
    const report = (message: string) => (error: Error) => {
      if (isEndOfRound(error)) return;
      const problem = redisProblem(error);
      if (!reported.has(problem)) log.warn({ problem }, message);
      reported.add(problem);
    };
    this.client.on('error', report('Redis cannot be reached; trying again in the background'));
    this.client.on('sentinelError', report('a Sentinel does not report the address of Redis'));
    this.client.on('ready', () => {
      reported.clear();
      log.info({}, 'Redis is connected');
    });
  }

  /** Sends `command`. Rejects with a readable error; what Redis refuses or leaves without a reply is reported. */
  async run<T>(operation: RedisOperation, command: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.up) throw new Error('there is no connection to Redis');
    try {
      const result = await command(this.client);
      this.operations.succeeded(operation);
      return result;
    } catch (error) {
      if (!isReply(error)) this.pausedUntil = performance.now() + PAUSE_MS;
      if (isWrongType(error)) this.operations.foundInvalidRecord(operation);
      else if (this.up) this.operations.failed(operation, error as Error);
      throw error;
    }
  }

  /** The value of `key`; undefined if there is none. A value of another type, or one longer than `maxBytes`, is deleted. */
  async read(operation: RedisOperation, key: string, maxBytes: number): Promise<Buffer | undefined> {
    try {
      // The bound is in the command: a longer value does not reach this process.
      const bytes = await this.run(operation, (client) => client.getrangeBuffer(key, 0, maxBytes));
      if (bytes.length <= maxBytes) return bytes.length === 0 ? undefined : bytes;
      this.operations.foundInvalidRecord(operation);
    } catch (error) {
      if (!isWrongType(error)) throw error;
    }
    this.run(operation, (client) => client.del(key)).catch(() => undefined);
    return undefined;
  }

  /** Resolves when the connection is ready, or after `ms` at the latest. */
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

  /** Whether commands can be sent now. */
  get up(): boolean {
    return this.client.status === 'ready';
  }

  /** Whether commands can be sent, and Redis executes them. */
  get works(): boolean {
    return this.up && this.operations.issue === undefined;
  }

  /** As {@link up}, and no command has gone without a reply in the last seconds. For use while a request waits. */
  get available(): boolean {
    return this.up && performance.now() >= this.pausedUntil;
  }

  /** Calls `heard` for each message on `channel`, and `connected` after each connect, since messages may have been missed. */
  subscribe(channel: string, heard: () => void, connected: () => void): () => void {
    const subscriber = this.open();
    this.subscribers.push(subscriber);
    subscriber.on('message', heard);
    subscriber.on('ready', () => {
      subscriber.subscribe(channel).then(connected, (error: Error) => {
        // A lost connection is made again, and `client` reports it.
        if (subscriber.status === 'ready')
          this.log.warn({ problem: redisProblem(error) }, 'Redis refuses the subscription');
      });
    });
    return () => subscriber.disconnect();
  }

  close(): void {
    for (const redis of [this.client, ...this.subscribers]) redis.disconnect();
  }

  /** Without an offline queue, a command fails at once while there is no connection. */
  private open(): Redis {
    const redis = new Redis({
      ...this.options(),
      enableOfflineQueue: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
    });
    // After a refused certificate, the same socket may emit a second error, which would end the process.
    redis.on('error', () => redis.stream?.on('error', () => undefined));
    return redis;
  }

  private mayReconnect(): boolean {
    const now = performance.now();
    if (now - this.reconnectedAt < READ_ONLY_RECONNECT_MS) return false;
    this.reconnectedAt = now;
    return true;
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
      // CLIENT SETINFO fails for a user with minimal permissions and on servers before 7.2.
      disableClientInfo: true,
      connectTimeout: 2000,
      // The server has become a replica: a new connection finds the new master.
      reconnectOnError: (error: Error) => isReadOnly(error) && this.mayReconnect(),
      retryStrategy: (attempt: number) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
    };
  }
}

function addressOf(sentinel: string): { host: string; port: number } {
  const { hostname, port } = new URL(`redis://${sentinel}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 26379) };
}

function certificate(path: string): string {
  try {
    return readTextSync(path);
  } catch (error) {
    throw new Error(`${path}: REDIS_CA_FILE cannot be read: ${fileProblem(error)}`);
  }
}
