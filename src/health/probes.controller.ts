import { Controller, Get, Inject, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { PUBLIC } from '../auth-keys/public.js';
import { CookieKeeper } from '../cookie-store/index.js';
import { Metrics } from '../metrics/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { Drain } from './drain.js';
import { MANAGEMENT } from './management.js';
import { REDIS_AWAY } from './redis-away.js';

/** Probes and metrics, on the management port when there is one. */
@Controller()
export class ProbesController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly cookies: CookieKeeper,
    private readonly drain: Drain,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(REDIS) private readonly redis: RedisConnection | undefined,
  ) {}

  /** `/livez`: the event loop answers. It depends on nothing, so that no outage elsewhere restarts the process. */
  @Get('livez')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  live(@Res() reply: FastifyReply): void {
    void reply.header('cache-control', 'no-store').send({ status: 'ok' });
  }

  /** `/readyz`: 200 while requests can be answered, also when the cookies are in trouble (`degraded`); 503 on the way out. */
  @Get('readyz')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    if (this.drain.begun) {
      void reply.status(503).send({ status: 'shutting_down' });
      return;
    }
    const result: HealthCheckResult = await this.checks.check([
      () => this.cookiesIndicator(),
      ...(this.redis ? [() => this.redisIndicator(this.redis!)] : []),
    ]);
    void reply.send(result);
  }

  @Get('metrics')
  @RouteConfig(MANAGEMENT)
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    const text = await registry.metrics();
    void reply.header('cache-control', 'no-store').header('content-type', registry.contentType).send(text);
  }

  private redisIndicator({ up }: RedisConnection) {
    const indicator = this.indicators.check('redis');
    return up ? indicator.up() : indicator.degraded({ reason: REDIS_AWAY });
  }

  private cookiesIndicator() {
    const { state, reason, action } = this.cookies.status();
    const indicator = this.indicators.check('cookies');
    if (state === 'valid' || state === 'anonymous') return indicator.up({ state });
    return indicator.degraded({ state, reason, action });
  }
}
