import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { WmtsController } from './wmts.controller.js';

@Module({ imports: [HttpModule], controllers: [WmtsController] })
export class WmtsModule {}
