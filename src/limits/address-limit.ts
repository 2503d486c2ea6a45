/** The rate limit per IP address, and the default rate limit. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackAddress } from '../common/net/loopback.js';
import { addressSubject } from '../request-context.js';
import type { RateLimits } from './rate-limits.js';
import type { Limit } from './request-counts.js';

/** Enough to pan a map on a large screen, and far too little to download a region. */
export const DEFAULT_PER_MINUTE = 6000;

/** `perMinute` is the setting: 0 is no limit; undefined is the default, without a limit for loopback addresses. */
export function limitFor(perMinute: number | undefined, { ip }: FastifyRequest): Limit | undefined {
  if (perMinute === undefined)
    return isLoopbackAddress(ip) ? undefined : { max: DEFAULT_PER_MINUTE, seconds: 60 };
  return perMinute === 0 ? undefined : { max: perMinute, seconds: 60 };
}

type Refuse = (
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** Limits requests per IP address; install it before the key check, so that it slows down the guessing of keys. */
export function installAddressLimit(
  fastify: FastifyInstance,
  limits: RateLimits,
  perMinute: number | undefined,
  exempt: (request: FastifyRequest) => boolean | undefined,
  refuse: Refuse = (error, _request, _reply, done) => done(error),
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const limit = exempt(request) ? undefined : limitFor(perMinute, request);
    try {
      if (limit) limits.take(reply, addressSubject('address', request), limit);
    } catch (error) {
      return refuse(error as Error, request, reply, done);
    }
    done();
  });
}
