/** The contract of a tile cache on the in-memory double of Redis; test/real/redis runs it on a real Redis. */
import { RedisTileCache } from '../../../src/tile-cache/index.js';
import { behavesLikeATileCache, rulesFor } from '../../support/contracts/tile-cache-contract.js';
import { RedisDouble } from '../../support/doubles/redis-double.js';

let redis: RedisDouble;

behavesLikeATileCache({
  name: 'Redis (double)',
  clock: () => (redis = new RedisDouble()).clock,
  empty: (staleMs, clock) => new RedisTileCache(redis.connect(), rulesFor(staleMs), clock),
  reopened: async (staleMs, clock, upstream) =>
    new RedisTileCache(redis.connect(), rulesFor(staleMs, upstream), clock),
});
