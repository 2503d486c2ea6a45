import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HealthSignals, type HealthIssue } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import { LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { RedisConnection } from './connection.js';
import { REDIS } from './tokens.js';

/** Time to wait for Redis at startup, so that replicas that start together refresh once. Startup continues without Redis. */
const START_MS = 2000;

const UNREACHABLE: HealthIssue = {
  reason: 'Redis is unreachable: this replica continues without the shared cookies, locks, counts and tiles',
  action: 'check Redis and the network path to it; tiles are served meanwhile',
};

@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      inject: [CONFIG, LOG, Metrics, HealthSignals],
      useFactory: async (config: Config, log: Log, metrics: Metrics, signals: HealthSignals) => {
        const { redisUrl: url, redisCaFile: caFile, redisSentinels: sentinels } = config;
        if (!url) return undefined;
        const redis = new RedisConnection(
          { url, caFile, sentinels, sentinelMaster: config.redisSentinelMaster },
          log,
          (operation, reason) => metrics.redisError(operation, reason),
        );
        metrics.watchRedis(() => redis.works);
        signals.register('redis', () => ({ issue: redis.up ? redis.operations.issue : UNREACHABLE }));
        await redis.ready(START_MS);
        return redis;
      },
    },
  ],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: RedisConnection | undefined) {}

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}
