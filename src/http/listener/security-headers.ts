/** What browsers are told with every answer. */
import type { FastifyInstance, FastifyReply } from 'fastify';

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  // The address may hold a key.
  'referrer-policy': 'no-referrer',
  // Nobody else's page embeds what is no tile.
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** To be called before any other hook, so that no answer goes without them. */
export function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    setSecurityHeaders(reply);
    done();
  });
}

export function setSecurityHeaders(reply: FastifyReply): void {
  void reply.headers(SECURITY_HEADERS);
}

/** A tile may be drawn on any page, also on one that isolates itself; reading its pixels is up to CORS. */
export function setTileHeaders(reply: FastifyReply): void {
  void reply.header('cross-origin-resource-policy', 'cross-origin').removeHeader('content-security-policy');
}
