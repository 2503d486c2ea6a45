/** Which web origins may read what, and the answer to OPTIONS (Fetch standard, 3.2; Private Network Access, 3.1). */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The extension pushes cookies to /admin from an origin of its own, which differs from browser to browser. */
const EXTENSION_ORIGIN = /^(?:chrome|moz|safari-web)-extension:\/\/[A-Za-z0-9-]+$/;

const EXPOSED_HEADERS = ['ETag', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

/** Preflights are answered before any key is asked for; every other OPTIONS says what may be done. */
export async function installCors(fastify: FastifyInstance, origins: readonly string[]): Promise<void> {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/admin/')) allowExtension(request, reply);
    if (request.method === 'OPTIONS') allowPrivateNetwork(origins, request, reply);
    if (request.method === 'OPTIONS' && request.url.startsWith('/admin/'))
      void reply.status(204).header('allow', 'GET, PUT, OPTIONS').send();
    else done();
  });
  if (origins.length > 0)
    await fastify.register(cors, {
      origin: origins.includes('*') ? '*' : [...origins],
      methods: ['GET', 'HEAD', 'OPTIONS'],
      allowedHeaders: ['Authorization', 'X-API-Key', 'If-None-Match'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 86_400,
      strictPreflight: false,
    });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    void reply.status(204).header('allow', 'GET, HEAD, OPTIONS').send();
  });
}

/** For answers that are given before any hook runs: what the plugin says with all others. */
export function setCorsHeaders(
  origins: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (origins.length === 0) return;
  const { origin = '' } = request.headers;
  const anyOrigin = origins.includes('*');
  if (!anyOrigin) void reply.header('vary', 'Origin');
  if (anyOrigin || origins.includes(origin))
    void reply
      .header('access-control-allow-origin', anyOrigin ? '*' : origin)
      .header('access-control-expose-headers', EXPOSED_HEADERS.join(', '));
}

/** A public page asks first before it may reach a gateway in a private network. */
function allowPrivateNetwork(origins: readonly string[], request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['access-control-request-private-network'] !== 'true') return;
  const { origin = '' } = request.headers;
  const admin = request.url.startsWith('/admin/');
  if (admin ? EXTENSION_ORIGIN.test(origin) : origins.includes('*') || origins.includes(origin))
    void reply.header('access-control-allow-private-network', 'true');
}

function allowExtension(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined || !EXTENSION_ORIGIN.test(origin)) return;
  void reply
    .header('access-control-allow-origin', origin)
    .header('access-control-allow-methods', 'GET, PUT, OPTIONS')
    .header('access-control-allow-headers', 'Authorization, Content-Type')
    .header('access-control-expose-headers', 'Retry-After')
    .header('vary', 'Origin');
}
