import { EXTEND, RELEASE, TAKE, WRITE } from '../../../src/cookie-store/replicas/redis-cookies.js';
import type { RedisConnection } from '../../../src/redis/index.js';
import { RedisOperations } from '../../../src/redis/redis-operations.js';
import { MemoryLog } from './memory-log.js';
import { StoppedClock } from './stopped-clock.js';

type Script = (redis: RedisDouble, keys: readonly string[], args: readonly string[]) => number;

/** The gateway's Lua scripts. The contract of the replicas compares them with a real Redis. */
const SCRIPTS: ReadonlyMap<string, Script> = new Map<string, Script>([
  [
    TAKE,
    (redis, [lock], [token, ms]) => {
      if (redis.set(lock!, token!, 'PX', ms!, 'NX') !== null) return 1;
      redis.limitExpiry(lock!, Number(ms));
      return 0;
    },
  ],
  [
    WRITE,
    (redis, [lock, cookies, failure], [token, record, channel]) => {
      if (redis.get(lock!) !== token) return 0;
      redis.set(cookies!, record!);
      redis.delete(failure!);
      redis.publish(channel!);
      return 1;
    },
  ],
  [
    EXTEND,
    (redis, [lock], [token, ms]) => (redis.get(lock!) === token ? redis.expire(lock!, Number(ms)) : 0),
  ],
  [RELEASE, (redis, [lock], [token]) => (redis.get(lock!) === token ? redis.delete(lock!) : 0)],
]);

/** An in-memory double of the Redis commands, scripts and messages that replicas use. Keys expire by `clock`. */
export class RedisDouble {
  private readonly entries = new Map<string, { value: Buffer; expiresAt: number }>();
  private readonly subscriptions = new Set<{ channel: string; heard: () => void; connected: () => void }>();

  constructor(readonly clock = new StoppedClock()) {}

  /** The connection of one replica. Only the members that replicas use exist. */
  connect(): RedisConnection {
    return new ConnectionDouble(this) as unknown as RedisConnection;
  }

  getBuffer(key: string): Buffer | null {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.clock.now() ? Buffer.from(entry.value) : null;
  }

  get(key: string): string | null {
    return this.getBuffer(key)?.toString() ?? null;
  }

  set(key: string, value: string | Buffer, ...options: readonly (string | number)[]): 'OK' | null {
    if (options.includes('NX') && this.getBuffer(key) !== null) return null;
    const px = options.indexOf('PX');
    const expiresAt = px < 0 ? Infinity : this.clock.now() + Number(options[px + 1]);
    this.entries.set(key, { value: Buffer.from(value), expiresAt });
    return 'OK';
  }

  expire(key: string, ms: number): number {
    const value = this.getBuffer(key);
    return value === null || this.set(key, value, 'PX', ms) === null ? 0 : 1;
  }

  limitExpiry(key: string, ms: number): void {
    if (this.entries.get(key)!.expiresAt - this.clock.now() > ms) this.expire(key, ms);
  }

  delete(key: string): number {
    return this.entries.delete(key) ? 1 : 0;
  }

  eval(script: string, keyCount: number, ...args: readonly (string | number)[]): number {
    const texts = args.map(String);
    const run = SCRIPTS.get(script);
    if (!run) throw new Error(`the double has no implementation of the script ${script}`);
    return run(this, texts.slice(0, keyCount), texts.slice(keyCount));
  }

  publish(channel: string): void {
    for (const subscription of this.subscriptions)
      if (subscription.channel === channel) setImmediate(subscription.heard);
  }

  subscribe(channel: string, heard: () => void, connected: () => void): () => void {
    const subscription = { channel, heard, connected };
    this.subscriptions.add(subscription);
    setImmediate(connected);
    return () => this.subscriptions.delete(subscription);
  }

  /** Loses all data, as a restart does. */
  clear(): void {
    this.entries.clear();
  }

  /** Breaks the connections of all subscribers, which connect again. */
  dropSubscribers(): void {
    for (const { connected } of this.subscriptions) setImmediate(connected);
  }
}

class ConnectionDouble {
  private closed = false;

  constructor(private readonly server: RedisDouble) {}

  readonly client = {
    set: async (...args: Parameters<RedisDouble['set']>) => this.open().set(...args),
    eval: async (...args: Parameters<RedisDouble['eval']>) => this.open().eval(...args),
  };

  readonly operations = new RedisOperations(new MemoryLog(), () => undefined);

  async run<T>(_operation: string, command: (client: ConnectionDouble['client']) => Promise<T>): Promise<T> {
    return command(this.client);
  }

  async read(_operation: string, key: string): Promise<Buffer | undefined> {
    return this.open().getBuffer(key) ?? undefined;
  }

  get available(): boolean {
    return !this.closed;
  }

  subscribe(...args: Parameters<RedisDouble['subscribe']>): () => void {
    return this.server.subscribe(...args);
  }

  close(): void {
    this.closed = true;
  }

  private open(): RedisDouble {
    if (this.closed) throw new Error('there is no connection to Redis');
    return this.server;
  }
}
