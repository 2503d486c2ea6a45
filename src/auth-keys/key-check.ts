/** The API key check of every route: a request needs a key unless the route is public or the gateway runs in open mode. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied, type Access } from '../access/index.js';
import { limitFor, type RateLimits } from '../limits/index.js';
import type { ApiKey } from './key-file.js';
import { keyOfPath } from './key-path.js';
import type { KeyRing } from './key-ring.js';
import { presentedKey, type PresentedKey } from './presented-key.js';
import { webOrigin } from './web-origin.js';

export interface KeyCheckOptions {
  /** Undefined in open mode. */
  readonly ring: KeyRing | undefined;
  readonly limits: RateLimits;
  /** Requests a minute for keys without a limit of their own; 0 is no limit, undefined the default. */
  readonly perMinute: number | undefined;
  /** Whether a request needs no key although its route is not public. */
  readonly exempt: (request: FastifyRequest) => boolean;
}

/** Adds the check to every route; it throws {@link AccessDenied}. */
export function installKeyCheck(fastify: FastifyInstance, options: KeyCheckOptions): void {
  const { ring, limits, perMinute, exempt } = options;
  if (!ring) return;
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    if (request.routeOptions.config.public || exempt(request)) return done();
    const presented = presentedKey({
      query: request.query as Record<string, unknown>,
      headers: request.headers,
      path: keyOfPath(request.raw),
    });
    const verdict = ring.check(presented);
    if (!verdict.ok) return done(new AccessDenied(verdict.reason));
    const { key } = verdict;
    request.access = accessOf(key, presented);
    if (key.origins) {
      // A browser shares its cache between origins that this key allows and others. CORS sets Origin at most, so this replaces it.
      void reply.header('vary', 'Origin, Referer');
      if (!key.origins.includes(webOrigin(request.headers) ?? '')) return done(new AccessDenied('origin'));
    }
    const limit = key.rateLimit ?? limitFor(perMinute, request);
    if (limit) limits.take(reply, `key:${key.id}`, limit);
    done();
  });
}

function accessOf({ id, scope }: ApiKey, presented: PresentedKey): Access {
  const repeat = presented.kind === 'one' && presented.form !== 'header' ? presented : undefined;
  return { keyId: id, repeat, scope };
}
