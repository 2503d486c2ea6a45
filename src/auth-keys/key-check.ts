/** The one gate in front of every route: closed unless the route is marked public or the gateway is open. */
import type {} from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AccessDenied, type Access } from '../common/access.js';
import type { AuthRejection, Metrics } from '../metrics/index.js';
import type { ApiKey, RateLimit } from './key-file.js';
import { keyOfPath } from './key-path.js';
import type { KeyRing } from './key-ring.js';
import { presentedKey, type PresentedKey } from './presented-key.js';

type Limiter = (request: FastifyRequest) => Promise<number | undefined>;

export interface KeyCheckOptions {
  /** Undefined in open mode. */
  readonly ring: KeyRing | undefined;
  readonly metrics: Metrics;
  /** Whether this request may go on without a key although the route is not public. */
  readonly exempt: (request: FastifyRequest) => boolean;
}

export class KeyCheck {
  private readonly limiters = new WeakMap<ApiKey, Limiter>();

  constructor(private readonly options: KeyCheckOptions) {}

  /** Adds the check to every route; the plugin `@fastify/rate-limit` must be registered. */
  install(fastify: FastifyInstance): void {
    fastify.decorateRequest('access', null);
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { ring, exempt } = this.options;
      if (!ring || request.routeOptions.config.public || exempt(request)) return done();
      const presented = presentedKey({
        query: request.query as Record<string, unknown>,
        headers: request.headers,
        path: keyOfPath(request.raw),
      });
      const verdict = ring.check(presented);
      if (!verdict.ok) return done(this.denied(verdict.reason));
      request.access = accessOf(verdict.key, presented);
      if (!verdict.key.rateLimit) return done();
      const secondsToWait = this.limiter(fastify, verdict.key, verdict.key.rateLimit);
      secondsToWait(request).then(
        (wait) => done(wait === undefined ? undefined : this.denied('rate_limited', wait)),
        done,
      );
    });
  }

  private denied(reason: AuthRejection, retryAfterSeconds?: number): AccessDenied {
    this.options.metrics.authRejection(reason);
    return new AccessDenied(reason, retryAfterSeconds);
  }

  /** Gives the seconds to wait, or undefined while the key is within its limit. */
  private limiter(fastify: FastifyInstance, key: ApiKey, { max, seconds }: RateLimit): Limiter {
    let limiter = this.limiters.get(key);
    if (!limiter) {
      const count = fastify.createRateLimit({ max, timeWindow: seconds * 1000, keyGenerator: () => key.id });
      limiter = async (request) => {
        const result = await count(request);
        return result.isAllowed || !result.isExceeded ? undefined : Math.max(1, result.ttlInSeconds);
      };
      this.limiters.set(key, limiter);
    }
    return limiter;
  }
}

function accessOf(key: ApiKey, presented: PresentedKey): Access {
  const repeat =
    presented.kind === 'one' && presented.form !== 'header'
      ? { form: presented.form, key: presented.key }
      : undefined;
  return { keyId: key.id, repeat, layers: key.layers };
}
