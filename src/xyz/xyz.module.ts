import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { DropInController } from './drop-in.controller.js';
import { XyzTiles } from './xyz-tiles.js';
import { XyzController } from './xyz.controller.js';

@Module({ imports: [HttpModule], providers: [XyzTiles], controllers: [XyzController, DropInController] })
export class XyzModule {}
