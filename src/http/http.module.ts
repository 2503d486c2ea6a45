import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { TileService } from '../tiles/index.js';
import { TilesModule } from '../tiles/tiles.module.js';
import { TileReply } from './tile-reply.js';

@Module({
  imports: [TilesModule],
  providers: [
    {
      provide: TileReply,
      inject: [TileService, Metrics, CONFIG],
      useFactory: (tiles: TileService, metrics: Metrics, config: Config) =>
        new TileReply(
          tiles,
          metrics,
          config.emptyTile,
          config.tileCacheTtl,
          config.apiKeysFile !== undefined,
        ),
    },
  ],
  exports: [TileReply, TilesModule],
})
export class HttpModule {}
