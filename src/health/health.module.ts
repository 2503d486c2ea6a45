import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { Drain } from './drain.js';
import { HealthController } from './health.controller.js';
import { ProbesController } from './probes.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CookieStoreModule],
  providers: [Drain],
  controllers: [HealthController, ProbesController],
})
export class HealthModule {}
