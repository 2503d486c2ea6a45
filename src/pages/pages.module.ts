import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.js';
import { HttpModule } from '../http/http.module.js';
import { PagesController } from './pages.controller.js';

@Module({ imports: [HttpModule, HealthModule], controllers: [PagesController] })
export class PagesModule {}
