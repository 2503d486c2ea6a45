import { Controller, Get, Header, Inject } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { PUBLIC } from '../auth-keys/public.js';
import { CookieKeeper, reportOf, type CookieReport } from '../cookie-store/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { REDIS_AWAY } from './redis-away.js';

/** The session is renewed when less than this is left, as the proxy does whose address this is. */
const REFRESH_LEAD_MS = 4 * 3_600_000;

/** `/health`: what a person or a monitor wants to know of the cookies, without anything secret. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly cookies: CookieKeeper,
    @Inject(REDIS) private readonly redis: RedisConnection | undefined,
  ) {}

  @Get()
  @RouteConfig(PUBLIC)
  @Header('cache-control', 'no-store')
  health(): CookieReport {
    this.cookies.refreshIfExpiring(REFRESH_LEAD_MS);
    const report = reportOf(this.cookies.status());
    if (report.status === 'degraded' || !this.redis || this.redis.up) return report;
    return {
      ...report,
      status: 'degraded',
      reason: REDIS_AWAY,
      action: 'look after Redis; tiles are served meanwhile',
    };
  }
}
