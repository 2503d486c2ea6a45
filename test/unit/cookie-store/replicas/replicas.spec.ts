/** The contract of the replicas on the in-memory double; test/real/redis runs it on a real Redis. */
import { behavesLikeReplicas } from '../../../support/contracts/replicas-contract.js';
import { RedisDouble } from '../../../support/doubles/redis-double.js';

const redis = new RedisDouble();

behavesLikeReplicas({
  name: 'Redis (double)',
  connect: async () => redis.connect(),
  advance: async (ms) => redis.clock.advance(ms),
  clear: async () => redis.clear(),
  dropSubscribers: async () => redis.dropSubscribers(),
});
