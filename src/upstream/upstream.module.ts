import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { HealthSignals } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { CookieKeeper } from '../cookie-store/index.js';
import { CookieStoreModule } from '../cookie-store/cookie-store.module.js';
import { Metrics } from '../metrics/index.js';
import { UpstreamClient } from './upstream-client.js';

@Module({
  imports: [CookieStoreModule],
  providers: [
    {
      provide: UpstreamClient,
      inject: [CONFIG, CLOCK, LOG, CookieKeeper, Metrics],
      useFactory: (config: Config, clock: Clock, log: Log, cookies: CookieKeeper, metrics: Metrics) =>
        new UpstreamClient({
          tilesUrl: config.stravaTilesUrl,
          anonymousTilesUrls: config.stravaAnonymousTilesUrl,
          tilesVersion: config.stravaTilesVersion,
          maxConcurrency: config.upstreamMaxConcurrency,
          maxQueue: config.upstreamMaxQueue,
          timeoutMs: config.upstreamTimeoutMs,
          cookies,
          metrics,
          clock,
          log,
        }),
    },
  ],
  exports: [UpstreamClient],
})
export class UpstreamModule implements OnApplicationShutdown {
  constructor(
    @Inject(UpstreamClient) private readonly upstream: UpstreamClient,
    signals: HealthSignals,
  ) {
    signals.register('upstream', () => {
      const { issue, failingSources } = upstream;
      return {
        issue: issue && { reason: issue.reason, action: issue.action },
        details: failingSources.length > 0 ? { failing_sources: failingSources.join(', ') } : {},
      };
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstream.close();
  }
}
