/** Whose limit counts for a request without looking at keys, and what it is when nobody has set one. */
import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopbackAddress } from '../common/loopback.js';
import type { LimitSubject } from '../request-context.js';
import type { Limit, RateLimits } from './rate-limits.js';

/** Generous for a person who pans a map on a large screen, and far below what a download of a region needs. */
export const DEFAULT_PER_MINUTE = 6000;

/** The client's address; an IPv6 client has a whole /64 to choose from, so that is one subject. */
export function addressSubject(kind: 'address' | 'admin', { ip }: FastifyRequest): LimitSubject {
  // A client that has just hung up has no address any more, and a proxy that is believed may pass on any text.
  return `${kind}:${isIP(ip) === 0 ? 'unknown' : normalizeIP(ip)}`;
}

/** `perMinute` from settings: 0 is no limit; unset is the default for everybody but this machine. */
export function limitFor(perMinute: number | undefined, { ip }: FastifyRequest): Limit | undefined {
  if (perMinute === undefined)
    return isLoopbackAddress(ip) ? undefined : { max: DEFAULT_PER_MINUTE, seconds: 60 };
  return perMinute === 0 ? undefined : { max: perMinute, seconds: 60 };
}

/** Counts each request by its address, before keys are looked at, so that whoever guesses keys is slowed down as well. */
export function installAddressLimit(
  fastify: FastifyInstance,
  limits: RateLimits,
  perMinute: number | undefined,
  exempt: (request: FastifyRequest) => boolean | undefined,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const limit = exempt(request) ? undefined : limitFor(perMinute, request);
    if (!limit) return done();
    limits.take(request, reply, addressSubject('address', request), limit).then(() => done(), done);
  });
}
