/** Refuses requests while the event loop is slow, so that requests in flight finish and probes get a response. */
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';

const SAMPLE_INTERVAL_MS = 1000;
const RETRY_AFTER_SECONDS = 2;

/** `maxDelayMs` 0 turns it off. Probes and metrics always pass, since they report the overload. */
export async function installOverload(fastify: FastifyInstance, maxDelayMs: number): Promise<void> {
  await fastify.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    sampleInterval: SAMPLE_INTERVAL_MS,
    pressureHandler(request) {
      if (request.routeOptions.config.management) return;
      throw new HttpProblem(503, 'The gateway is overloaded; retry after the seconds in Retry-After.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
  });
}
