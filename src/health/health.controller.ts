import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { PUBLIC } from '../auth-keys/public.js';
import { CookieKeeper } from '../cookie-store/index.js';

/** The session is renewed when less than this is left, as the proxy does whose address this is. */
const REFRESH_LEAD_MS = 4 * 3_600_000;

export interface HealthReport {
  readonly status: 'ok' | 'anonymous' | 'degraded';
  /** RFC 3339, or null when there are no signed cookies. */
  readonly cookies_expire: string | null;
  readonly reason: string | null;
  readonly action: string | null;
}

/** `/health`: what a person or a monitor wants to know of the cookies, without anything secret. */
@Controller('health')
export class HealthController {
  constructor(private readonly cookies: CookieKeeper) {}

  @Get()
  @RouteConfig(PUBLIC)
  @Header('cache-control', 'no-store')
  health(): HealthReport {
    this.cookies.refreshIfExpiring(REFRESH_LEAD_MS);
    const { state, expiresAt, reason, action } = this.cookies.status();
    return {
      status: state === 'valid' ? 'ok' : state === 'anonymous' ? 'anonymous' : 'degraded',
      cookies_expire: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      reason: reason ?? null,
      action: action ?? null,
    };
  }
}
