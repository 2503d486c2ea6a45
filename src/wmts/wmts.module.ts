import { Module } from '@nestjs/common';
import { CapabilitiesService } from '../capabilities/index.js';
import { HttpModule } from '../http/http.module.js';
import { WmtsController } from './wmts.controller.js';

@Module({ imports: [HttpModule], providers: [CapabilitiesService], controllers: [WmtsController] })
export class WmtsModule {}
