import { Controller, Get, Inject, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { CookieKeeper } from '../cookie-store/index.js';
import { Metrics } from '../metrics/index.js';
import { MANAGEMENT, PUBLIC } from '../request-context.js';
import { Phase } from './phase.js';
import { HealthIndicators, type Part } from './health-indicators.js';

/** Probes and metrics, on the management port when there is one. */
@Controller()
export class ProbesController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly cookies: CookieKeeper,
    private readonly troubles: HealthIndicators,
    private readonly phase: Phase,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** `/livez`: the event loop answers. It depends on nothing, so that no outage elsewhere restarts the process. */
  @Get('livez')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  live(@Res() reply: FastifyReply): void {
    void reply.header('cache-control', 'no-store').send({ status: 'ok' });
  }

  /** `/readyz`: 200 while requests can be answered, also in trouble (`degraded`); 503 before and after that. */
  @Get('readyz')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    if (this.phase.current !== 'serving') {
      void reply.status(503).send({ status: this.phase.current });
      return;
    }
    const parts = this.troubles.parts();
    void reply.send(await this.checks.check(parts.map((part) => () => this.indicator(part))));
  }

  @Get('metrics')
  @RouteConfig(MANAGEMENT)
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    const text = await registry.metrics();
    void reply.header('cache-control', 'no-store').header('content-type', registry.contentType).send(text);
  }

  private indicator({ name, trouble }: Part) {
    const indicator = this.indicators.check(name);
    const state: Record<string, string> = name === 'cookies' ? { state: this.cookies.status().state } : {};
    return trouble ? indicator.degraded({ ...state, ...trouble }) : indicator.up(state);
  }
}
