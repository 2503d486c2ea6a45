import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { HealthController } from './health.controller.js';
import { HealthReporter } from './health-reporter.js';
import { Phase } from './phase.js';
import { ProbesController } from './probes.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CookieStoreModule],
  providers: [Phase, HealthReporter],
  controllers: [HealthController, ProbesController],
  exports: [HealthReporter],
})
export class HealthModule {}
