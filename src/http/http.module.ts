import { Module } from '@nestjs/common';
import { CapabilitiesService } from '../capabilities/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { TileService } from '../tiles/index.js';
import { TilesModule } from '../tiles/tiles.module.js';
import { TileReply } from './answers/tile-reply.js';

@Module({
  imports: [TilesModule],
  providers: [
    CapabilitiesService,
    {
      provide: TileReply,
      inject: [TileService, Metrics, CONFIG],
      useFactory: (tiles: TileService, metrics: Metrics, config: Config) =>
        new TileReply(tiles, metrics, {
          emptyTile: config.emptyTile,
          ttlSeconds: config.tileCacheTtl,
          keysInForce: config.apiKeysFile !== undefined,
          sessionExpiredTile: config.sessionExpiredTile,
        }),
    },
  ],
  exports: [CapabilitiesService, TileReply, TilesModule],
})
export class HttpModule {}
