import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { CookieKeeper, reportOf, type CookieReport } from '../cookie-store/index.js';
import { PUBLIC } from '../request-context.js';
import { HealthIndicators } from './health-indicators.js';

/** The session is renewed when less than this is left, as the proxy does whose address this is. */
const REFRESH_LEAD_MS = 4 * 3_600_000;

/** `/health`: what a person or a monitor wants to know of the cookies, without anything secret. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly cookies: CookieKeeper,
    private readonly troubles: HealthIndicators,
  ) {}

  @Get()
  @RouteConfig(PUBLIC)
  @Header('cache-control', 'no-store')
  health(): CookieReport {
    this.cookies.refreshIfExpiring(REFRESH_LEAD_MS);
    const report = reportOf(this.cookies.status());
    const worst = this.troubles.parts().find(({ trouble }) => trouble !== undefined)?.trouble;
    return worst ? { ...report, status: 'degraded', ...worst } : report;
  }
}
