import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Agent } from 'undici';
import type { Clock } from '../common/clock.js';
import { HealthSignals } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import { connectPastContinue } from '../common/net/connect-past-continue.js';
import { CLOCK, LOG } from '../common/tokens.js';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { BrowserLogin, FormLogin } from '../strava-login/index.js';
import { CookieKeeper } from './life-cycle/cookie-keeper.js';
import type { CookieStore } from './stores/cookie-store.js';
import { FileCookieStore } from './stores/file-cookie-store.js';
import { SessionCookieStore } from './stores/session-cookie-store.js';
import { SessionRenewal } from './life-cycle/session-renewal.js';
import { RedisCookieStore } from './replicas/redis-cookie-store.js';
import { RedisCookies } from './replicas/redis-cookies.js';
import { OneRefresher } from './replicas/one-refresher.js';
import { HttpWebSession } from './life-cycle/web-session.js';

/** A session in the settings takes precedence over the cookie file. */
function storeOf(config: Config, clock: Clock): CookieStore {
  if (config.stravaSession) return new SessionCookieStore('STRAVA_SESSION', config.stravaSession, clock);
  if (config.stravaSessionFile !== undefined)
    return new SessionCookieStore(config.stravaSessionFile, { path: config.stravaSessionFile }, clock);
  return new FileCookieStore(config.stravaCookiesFile, config.stravaTilesUrl, clock);
}

function renewalOf(config: Config, clock: Clock, log: Log): SessionRenewal | undefined {
  const { sessionRenewal, stravaWebUrl: webUrl, stravaEmail: email, stravaPassword: password } = config;
  if (sessionRenewal === 'off' || !email || !password) return undefined;
  const credentials = { email, password };
  const browser = { path: config.browserPath, args: config.browserArgs, env: process.env };
  const login =
    sessionRenewal === 'form'
      ? new FormLogin({
          webUrl,
          credentials,
          dispatcher: new Agent({ pipelining: 0, connect: connectPastContinue() }),
        })
      : new BrowserLogin({ webUrl, credentials, browser });
  return new SessionRenewal({ login, clock, log });
}

@Module({
  providers: [
    {
      provide: CookieKeeper,
      inject: [CONFIG, CLOCK, LOG, Metrics, REDIS],
      useFactory: (
        config: Config,
        clock: Clock,
        log: Log,
        metrics: Metrics,
        redis: RedisConnection | undefined,
      ) => {
        const now = () => clock.now();
        const local = storeOf(config, clock);
        const upstream = new HttpWebSession(
          config.stravaWebUrl,
          new Agent({ connections: 1, connect: connectPastContinue() }),
          now,
        );
        const shared = redis && new RedisCookies(redis, clock);
        return new CookieKeeper({
          store: shared ? new RedisCookieStore(local, shared, log, now) : local,
          webSession: shared ? new OneRefresher(upstream, shared, clock, log) : upstream,
          clock,
          metrics,
          log,
          tilesUrl: config.stravaTilesUrl,
          renewal: renewalOf(config, clock, log),
          refreshBeforeMs: config.cookieRefreshBefore * 1000,
          // Half the timeout of a tile, so that a tile whose refresh timed out can still be requested without cookies.
          timeoutMs: Math.ceil(config.upstreamTimeoutMs / 2),
        });
      },
    },
  ],
  exports: [CookieKeeper],
})
export class CookieStoreModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CookieKeeper) private readonly keeper: CookieKeeper,
    signals: HealthSignals,
  ) {
    signals.register('cookies', () => {
      const { state, reason = '', action = '', refreshPausedUntil } = keeper.status();
      const works = state === 'valid' || state === 'anonymous';
      return {
        issue: works ? undefined : { reason, action },
        details: { state, ...(refreshPausedUntil && { refresh_paused_until: refreshPausedUntil }) },
      };
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.keeper.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keeper.stop();
  }
}
