/** Security headers of every response. */
import type { FastifyInstance, FastifyReply } from 'fastify';

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  // The URL may contain an API key.
  'referrer-policy': 'no-referrer',
  // Only tiles may be embedded by other sites; see setTileHeaders.
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Install it before any hook that may answer, so that every response has the headers. */
export function installSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    setSecurityHeaders(reply);
    done();
  });
}

export function setSecurityHeaders(reply: FastifyReply): void {
  void reply.headers(SECURITY_HEADERS);
}

/** Any page may show a tile, even a cross-origin isolated one; CORS decides whether it may read the pixels. */
export function setTileHeaders(reply: FastifyReply): void {
  void reply.header('cross-origin-resource-policy', 'cross-origin').removeHeader('content-security-policy');
}
