import { Module, type DynamicModule } from '@nestjs/common';
import { AdminModule } from './admin/admin.module.js';
import { AuthKeysModule } from './auth-keys/auth-keys.module.js';
import { BaseModule } from './base.module.js';
import type { Clock } from './common/clock.js';
import type { Log } from './common/log.js';
import type { Config } from './config/index.js';
import { HealthModule } from './health/health.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PresetsModule } from './presets/presets.module.js';
import { RedisModule } from './redis/redis.module.js';
import { WmtsModule } from './wmts/wmts.module.js';
import { XyzModule } from './xyz/xyz.module.js';

@Module({})
export class AppModule {
  static of(config: Config, clock: Clock, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        BaseModule.of(config, clock, log),
        RedisModule,
        AuthKeysModule,
        WmtsModule,
        XyzModule,
        PagesModule,
        PresetsModule,
        HealthModule,
        AdminModule,
      ],
    };
  }
}
