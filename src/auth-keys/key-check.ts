/** The one gate in front of every route: closed unless the route is marked public or the gateway is open. */
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
  /** Requests a minute of a key that has no limit of its own; 0 is no limit, undefined the default. */
  readonly perMinute: number | undefined;
  /** Whether this request may go on without a key although the route is not public. */
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
      // Browsers keep one cache for all pages of a site, of which this key may be for some. CORS has said Origin at most.
      void reply.header('vary', 'Origin, Referer');
      if (!key.origins.includes(webOrigin(request.headers) ?? '')) return done(new AccessDenied('origin'));
    }
    const limit = key.rateLimit ?? limitFor(perMinute, request);
    if (!limit) return done();
    limits.take(request, reply, `key:${key.id}`, limit).then(() => done(), done);
  });
}

function accessOf({ id, scope }: ApiKey, presented: PresentedKey): Access {
  const repeat =
    presented.kind === 'one' && presented.form !== 'header'
      ? { form: presented.form, key: presented.key }
      : undefined;
  return { keyId: id, repeat, scope };
}
