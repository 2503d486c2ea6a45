/** CORS headers and the answer to OPTIONS (Fetch standard, 3.2; Private Network Access, 3.1). */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebOrigins } from '../../common/net/web-origins.js';

/** The browser extension sends cookies to /admin; its origin differs from browser to browser. */
const EXTENSION_ORIGIN = /^(?:chrome|moz|safari-web)-extension:\/\/[A-Za-z0-9-]+$/;

const HEADER_NAMES = /^[\w!#$%&'*+.^`|~, -]*$/;
const EXPOSED_HEADERS = ['ETag', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

/** CORS for /admin, whose only web origin is the browser extension. Answers OPTIONS there. */
export function installAdminCors(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin, 'access-control-request-private-network': privateNetwork } = request.headers;
    const preflight = request.method === 'OPTIONS';
    if ((origin === undefined && !preflight) || !isAdmin(request)) return done();
    if (origin !== undefined && EXTENSION_ORIGIN.test(origin)) {
      void reply
        .header('access-control-allow-origin', origin)
        .header('access-control-allow-methods', 'GET, PUT, OPTIONS')
        .header('access-control-allow-headers', 'Authorization, Content-Type')
        .header('access-control-expose-headers', 'Retry-After')
        .header('vary', 'Origin');
      if (preflight && privateNetwork === 'true')
        void reply.header('access-control-allow-private-network', 'true');
    }
    if (preflight) void reply.status(204).header('allow', 'GET, PUT, OPTIONS').send();
    else done();
  });
}

/** CORS for the origins of `CORS_ORIGINS`. Answers preflights before the key check, since browsers send no key with them. */
export async function installCors(fastify: FastifyInstance, listed: readonly string[]): Promise<void> {
  if (listed.length === 0) return;
  const anyOrigin = listed.includes('*');
  const origins = new WebOrigins(listed);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-private-network'] === 'true' &&
      (anyOrigin || origins.includes(request.headers.origin ?? ''))
    )
      void reply.header('access-control-allow-private-network', 'true');
    // The response repeats it, so it may hold nothing but names (RFC 9110, 5.6.2).
    const { headers } = request;
    if (!HEADER_NAMES.test(headers['access-control-request-headers'] ?? ''))
      delete headers['access-control-request-headers'];
    done();
  });
  await fastify.register(cors, {
    origin: anyOrigin ? '*' : [...origins.patterns],
    methods: ['GET', 'HEAD', 'OPTIONS'],
    // Without allowedHeaders, the response repeats those of the preflight: libraries add headers of their own, such as
    // X-Requested-With or traceparent, and the gateway ignores all that it does not know.
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 86_400,
    strictPreflight: false,
  });
}

/** Answers every other OPTIONS request with the methods of the public routes. */
export function installOptions(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    void reply.status(204).header('allow', 'GET, HEAD, OPTIONS').send();
  });
}

/** The headers of {@link installCors} for an error before routing, when no hook runs. */
export function setCorsHeaders(
  listed: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (listed.length === 0) return;
  const { origin = '' } = request.headers;
  const anyOrigin = listed.includes('*');
  if (!anyOrigin) void reply.header('vary', 'Origin');
  if (anyOrigin || new WebOrigins(listed).includes(origin))
    void reply
      .header('access-control-allow-origin', anyOrigin ? '*' : origin)
      .header('access-control-expose-headers', EXPOSED_HEADERS.join(', '));
}

/** By the route's flag; by the path for an unknown route and for OPTIONS, whose only route is the one of the CORS plugin. */
function isAdmin({ is404, method, url, routeOptions }: FastifyRequest): boolean {
  if (is404 || method === 'OPTIONS') return url.startsWith('/admin/');
  return routeOptions.config.admin === true;
}
