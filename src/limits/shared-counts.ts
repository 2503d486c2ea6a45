/** The requests that all replicas count together, in Redis. */
import type { RedisConnection } from '../redis/index.js';

const PREFIX = 'heatmap:limit:';

/**
 * Adds to the count of a window and returns it with the milliseconds that are left. A value that is no count, of whatever type, or
 * without an expiry within the window is replaced.
 */
export const COUNT = `
local value = redis.pcall('GETRANGE', KEYS[1], 0, 15)
local count = type(value) == 'string' and tonumber(value) or 0
local left = redis.call('PTTL', KEYS[1])
local window = tonumber(ARGV[2])
if left < 1 or left > window or not (count >= 0 and count < 1e15) then count, left = 0, window end
count = count + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', count), 'PX', left)
return {count, left}`;

export interface SharedCount {
  readonly requests: number;
  readonly leftMs: number;
}

export class SharedCounts {
  constructor(private readonly redis: RedisConnection) {}

  get isAvailable(): boolean {
    return this.redis.available;
  }

  /** Rejects if Redis does not count. */
  async add(name: string, requests: number, windowMs: number): Promise<SharedCount> {
    const [count, leftMs] = (await this.redis.run('rate_limit', (client) =>
      client.eval(COUNT, 1, PREFIX + name, requests, windowMs),
    )) as [number, number];
    return { requests: count, leftMs };
  }
}
