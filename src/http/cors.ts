/** Which web origins may read what, and the answer to OPTIONS (Fetch standard, 3.2). */
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The extension pushes cookies to /admin from an origin of its own that differs from browser to browser. */
const EXTENSION_ORIGIN = /^(?:chrome|moz|safari-web)-extension:\/\//;

/** Preflights are answered before any key is asked for; every other OPTIONS says what may be done. */
export async function installCors(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  const everywhere = {
    origin: origins.length === 0 ? false : origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'OPTIONS'],
    allowedHeaders: ['Authorization', 'X-API-Key', 'If-None-Match'],
    exposedHeaders: ['ETag', 'Retry-After'],
    maxAge: 86_400,
    strictPreflight: false,
  };
  const admin = {
    ...everywhere,
    origin: [EXTENSION_ORIGIN],
    methods: ['GET', 'PUT', 'OPTIONS'],
    allowedHeaders: ['Authorization', 'Content-Type'],
  };
  const isAdmin = (request: FastifyRequest) => request.url.startsWith('/admin/');
  await fastify.register(cors, {
    delegator: (
      request: FastifyRequest,
      decide: (error: Error | null, options: FastifyCorsOptions) => void,
    ) => decide(null, isAdmin(request) ? admin : everywhere),
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    // Where no origin is let in, no answer varies by it.
    if (everywhere.origin === false && !isAdmin(request)) reply.removeHeader('vary');
    if (request.method !== 'OPTIONS') return done();
    void reply
      .status(204)
      .header('allow', isAdmin(request) ? 'GET, PUT, OPTIONS' : 'GET, HEAD, OPTIONS')
      .send();
  });
}
