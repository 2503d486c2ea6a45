import { Module } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { HealthSignals } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { cacheRules } from './cache-rules.js';
import { DiskTileCache } from './disk-tile-cache.js';
import { MemoryTileCache } from './memory-tile-cache.js';
import { RedisTileCache } from './redis-tile-cache.js';
import type { TileCache } from './tile-cache.js';
import { SECONDARY_CACHES } from './tokens.js';

const DEFAULT_DISK_BYTES = 1e9;

@Module({
  providers: [
    {
      provide: MemoryTileCache,
      inject: [CONFIG, CLOCK, Metrics],
      useFactory: (config: Config, clock: Clock, metrics: Metrics) =>
        new MemoryTileCache(config.tileCacheMaxBytes, config.tileCacheStaleTtl * 1000, clock, metrics),
    },
    {
      provide: SECONDARY_CACHES,
      inject: [CONFIG, CLOCK, LOG, REDIS, HealthSignals],
      useFactory: async (
        config: Config,
        clock: Clock,
        log: Log,
        redis: RedisConnection | undefined,
        signals: HealthSignals,
      ) => {
        const { tileCacheDir: folder, tileCacheDirMaxBytes = DEFAULT_DISK_BYTES } = config;
        const rules = cacheRules(config);
        const disk =
          folder === undefined
            ? undefined
            : await DiskTileCache.open(folder, tileCacheDirMaxBytes, rules, clock, log);
        signals.register('cache', () => ({ issue: disk?.issue }));
        const caches: TileCache[] = [];
        if (disk) caches.push(disk);
        if (redis) caches.push(new RedisTileCache(redis, rules, clock));
        return caches;
      },
    },
  ],
  exports: [MemoryTileCache, SECONDARY_CACHES],
})
export class TileCacheModule {}
