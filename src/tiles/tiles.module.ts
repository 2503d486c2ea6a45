import { Module } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { CookieKeeper } from '../cookie-store/index.js';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { Metrics } from '../metrics/index.js';
import { SECONDARY_CACHES, MemoryTileCache, type TileCache } from '../tile-cache/index.js';
import { TileCacheModule } from '../tile-cache/tile-cache.module.js';
import { UpstreamClient } from '../upstream/index.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { TileService } from './tile-service.js';

@Module({
  imports: [UpstreamModule, CookieStoreModule, TileCacheModule],
  providers: [
    {
      provide: TileService,
      inject: [CONFIG, CLOCK, LOG, Metrics, UpstreamClient, CookieKeeper, MemoryTileCache, SECONDARY_CACHES],
      useFactory: (
        config: Config,
        clock: Clock,
        log: Log,
        metrics: Metrics,
        upstream: UpstreamClient,
        cookies: CookieKeeper,
        cache: MemoryTileCache,
        secondaryCaches: readonly TileCache[],
      ) =>
        new TileService({
          upstream,
          cache,
          secondaryCaches,
          cookies,
          clock,
          log,
          metrics,
          ttlMs: config.tileCacheTtl * 1000,
          redirectAnonymous: config.anonymousMode === 'redirect',
        }),
    },
  ],
  exports: [TileService],
})
export class TilesModule {}
