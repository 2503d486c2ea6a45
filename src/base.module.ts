import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Catalog } from './catalog/index.js';
import type { Clock } from './common/clock.js';
import { HealthSignals } from './common/health-signals.js';
import type { Log } from './common/log.js';
import { CLOCK, LOG } from './common/tokens.js';
import { VERSION } from './common/version.js';
import { CONFIG, type Config } from './config/index.js';
import { Metrics } from './metrics/index.js';

/** Global providers: settings, clock, log, catalog, health signals, metrics. */
@Global()
@Module({})
export class BaseModule {
  static of(config: Config, clock: Clock, log: Log): DynamicModule {
    const catalog = new Catalog({
      groups: config.sportGroups,
      added: config.sports,
      colors: config.colors,
    });
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: CLOCK, useValue: clock },
      { provide: LOG, useValue: log },
      { provide: Catalog, useValue: catalog },
      { provide: HealthSignals, useValue: new HealthSignals() },
      { provide: Metrics, useValue: new Metrics(VERSION) },
    ];
    return { module: BaseModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
