import { Module } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { CookieKeeper } from '../cookie-store/index.js';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { Metrics } from '../metrics/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { DiskTileCache, MemoryTileCache, RedisTileCache, type TileCache } from '../tile-cache/index.js';
import { UpstreamClient } from '../upstream/index.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { TileService } from './tile-service.js';

const DEFAULT_DISK_BYTES = 1e9;

async function furtherCaches(
  config: Config,
  clock: Clock,
  log: Log,
  redis: RedisConnection | undefined,
): Promise<TileCache[]> {
  const { tileCacheDir, tileCacheDirMaxBytes = DEFAULT_DISK_BYTES } = config;
  const staleMs = config.tileCacheStaleTtl * 1000;
  const caches: TileCache[] = [];
  if (tileCacheDir !== undefined)
    caches.push(await DiskTileCache.open(tileCacheDir, tileCacheDirMaxBytes, staleMs, clock, log));
  if (redis) caches.push(new RedisTileCache(redis, staleMs, clock));
  return caches;
}

@Module({
  imports: [UpstreamModule, CookieStoreModule],
  providers: [
    {
      provide: TileService,
      inject: [CONFIG, CLOCK, LOG, Metrics, UpstreamClient, CookieKeeper, REDIS],
      useFactory: async (
        config: Config,
        clock: Clock,
        log: Log,
        metrics: Metrics,
        upstream: UpstreamClient,
        cookies: CookieKeeper,
        redis: RedisConnection | undefined,
      ) =>
        new TileService({
          upstream,
          cache: new MemoryTileCache(
            config.tileCacheMaxBytes,
            config.tileCacheStaleTtl * 1000,
            clock,
            metrics,
          ),
          further: await furtherCaches(config, clock, log, redis),
          cookies,
          clock,
          log,
          ttlMs: config.tileCacheTtl * 1000,
          redirectAnonymous: config.anonymousMode === 'redirect',
        }),
    },
  ],
  exports: [TileService],
})
export class TilesModule {}
