import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireMetrics } from '../access/index.js';
import { HealthSignals } from '../common/health-signals.js';
import { Metrics } from '../metrics/index.js';
import { MANAGEMENT, PUBLIC } from '../request-context.js';
import { Phase } from './phase.js';

/** Probes and metrics, on the management port if one is set. */
@Controller()
export class ProbesController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly signals: HealthSignals,
    private readonly phase: Phase,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** `/livez`: the event loop responds. No dependency is checked, so an outage elsewhere never restarts the process. */
  @Get('livez')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  live(@Res() reply: FastifyReply): void {
    void reply.header('cache-control', 'no-store').send({ status: 'ok' });
  }

  /** `/readyz`: 200 while the gateway serves requests, also with issues (`degraded`); 503 during start and shutdown. */
  @Get('readyz')
  @RouteConfig({ ...PUBLIC, ...MANAGEMENT })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    if (this.phase.current !== 'serving') {
      void reply.status(503).send({ status: this.phase.current });
      return;
    }
    const checks = this.signals.read().map(({ name, issue, details }) => () => {
      const indicator = this.indicators.check(name);
      return issue ? indicator.degraded({ ...details, ...issue }) : indicator.up({ ...details });
    });
    void reply.send(await this.checks.check(checks));
  }

  @Get('metrics')
  @RouteConfig(MANAGEMENT)
  async scrape(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    requireMetrics(request.access);
    const { registry } = this.metrics;
    const text = await registry.metrics();
    void reply.header('cache-control', 'no-store').header('content-type', registry.contentType).send(text);
  }
}
