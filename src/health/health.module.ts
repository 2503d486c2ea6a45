import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { TileCacheModule } from '../tile-cache/tile-cache.module.js';
import { HealthController } from './health.controller.js';
import { Phase } from './phase.js';
import { ProbesController } from './probes.controller.js';
import { HealthIndicators } from './health-indicators.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CookieStoreModule, TileCacheModule],
  providers: [Phase, HealthIndicators],
  controllers: [HealthController, ProbesController],
})
export class HealthModule {}
