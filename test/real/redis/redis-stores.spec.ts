/** The contracts of replicas and tile cache on a real Redis. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import { RedisConnection } from '../../../src/redis/index.js';
import { RedisTileCache } from '../../../src/tile-cache/index.js';
import { behavesLikeReplicas } from '../../support/contracts/replicas-contract.js';
import { behavesLikeATileCache, rulesFor } from '../../support/contracts/tile-cache-contract.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';

let server: RedisServer;
let redis: RedisConnection;

async function connect(): Promise<RedisConnection> {
  const connection = new RedisConnection({ url: new Secret(server.url) }, new MemoryLog());
  await connection.ready(5000);
  return connection;
}

/** Reduces the TTL of all keys: they expire as if `ms` had passed. */
async function advance(ms: number): Promise<void> {
  for (const key of await redis.client.keys('*')) {
    const ttl = await redis.client.pttl(key);
    if (ttl >= 0) await redis.client.pexpire(key, Math.max(0, ttl - ms));
  }
}

describeWith(['redis-server', '--version'], 'Redis', () => {
  beforeAll(async () => {
    server = await startRedis();
    redis = await connect();
  });

  afterAll(async () => {
    redis.close();
    await server.kill();
  });

  behavesLikeReplicas({
    name: 'Redis',
    connect,
    advance,
    clear: async () => void (await redis.client.flushall()),
    dropSubscribers: async () => void (await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  });

  describe('tiles', () => {
    behavesLikeATileCache({
      name: 'Redis',
      // A real Redis uses its own clock, so this one starts with the same time.
      clock: () => new StoppedClock(Date.now()),
      empty: (staleMs, clock) => new RedisTileCache(redis, rulesFor(staleMs), clock),
      reopened: async (staleMs, clock, upstream) =>
        new RedisTileCache(redis, rulesFor(staleMs, upstream), clock),
    });
  });
});
