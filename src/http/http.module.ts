import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { TileService } from '../tiles/index.js';
import { TilesModule } from '../tiles/tiles.module.js';
import { loadBundle } from '../html-pages/index.js';
import { DocumentLinker } from './answers/document-links.js';
import { BUNDLE } from './answers/page-files.js';
import { TileReply } from './answers/tile-reply.js';

@Module({
  imports: [TilesModule],
  providers: [
    { provide: BUNDLE, useFactory: () => loadBundle() },
    {
      provide: DocumentLinker,
      inject: [CONFIG],
      useFactory: (config: Config) => new DocumentLinker(config),
    },
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
  exports: [BUNDLE, DocumentLinker, TileReply, TilesModule],
})
export class HttpModule {}
