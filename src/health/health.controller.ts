import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { CookieKeeper, type CookieReport } from '../cookie-store/index.js';
import { PUBLIC } from '../request-context.js';
import { HealthReporter } from './health-reporter.js';

/** Remaining cookie lifetime below which a health check starts a refresh, as in the Go proxy that had this URL. */
const REFRESH_LEAD_MS = 4 * 3_600_000;

/** `/health`: session state for people and monitors, without secrets. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly cookies: CookieKeeper,
    private readonly reporter: HealthReporter,
  ) {}

  @Get()
  @RouteConfig(PUBLIC)
  @Header('cache-control', 'no-store')
  health(): CookieReport {
    this.cookies.refreshIfExpiring(REFRESH_LEAD_MS);
    return this.reporter.read();
  }
}
