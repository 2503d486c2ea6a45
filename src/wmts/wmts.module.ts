import { Module } from '@nestjs/common';
import { CapabilitiesModule } from '../capabilities/capabilities.module.js';
import { HttpModule } from '../http/http.module.js';
import { WmtsRedirectsController } from './redirects.controller.js';
import { WmtsController } from './wmts.controller.js';

@Module({ imports: [CapabilitiesModule, HttpModule], controllers: [WmtsController, WmtsRedirectsController] })
export class WmtsModule {}
