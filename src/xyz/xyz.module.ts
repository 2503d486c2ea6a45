import { Module } from '@nestjs/common';
import { CapabilitiesModule } from '../capabilities/capabilities.module.js';
import { HttpModule } from '../http/http.module.js';
import { DropInController } from './drop-in.controller.js';
import { TileJsonController } from './tilejson.controller.js';
import { TmsController } from './tms.controller.js';
import { XyzTiles } from './xyz-tiles.js';
import { XyzController } from './xyz.controller.js';

@Module({
  imports: [CapabilitiesModule, HttpModule],
  providers: [XyzTiles],
  controllers: [XyzController, DropInController, TileJsonController, TmsController],
})
export class XyzModule {}
