/** Sheds requests while the event loop lags, so that those under way end and probes are answered. */
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';

const SAMPLE_INTERVAL_MS = 1000;
const RETRY_AFTER_SECONDS = 2;

/** `maxDelayMs` 0 turns it off. Probes and metrics are answered at any time: they tell that there is trouble. */
export async function installOverload(fastify: FastifyInstance, maxDelayMs: number): Promise<void> {
  await fastify.register(underPressure, {
    maxEventLoopDelay: maxDelayMs,
    sampleInterval: SAMPLE_INTERVAL_MS,
    pressureHandler(request) {
      if (request.routeOptions.config.management) return;
      throw new HttpProblem(503, 'The gateway has more requests than it can answer at the moment.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
  });
}
