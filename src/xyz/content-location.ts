import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * For a URL with another name of the sport, names the canonical URL of the tile (RFC 9110, 8.7). The reference is relative:
 * it keeps the path prefix of a proxy and /k/{key} without naming them, and no key of the query.
 */
export function setContentLocation(
  request: FastifyRequest,
  reply: FastifyReply,
  found: string,
  canonical: string,
): void {
  if (found === canonical) return;
  const segments = request.url.split('?', 1)[0]!.split('/');
  const after = segments.slice(segments.indexOf(found) + 1);
  const { px } = request.query as Record<string, unknown>;
  const query = px === '256' || px === '512' ? `?px=${px}` : '';
  reply.header('content-location', `${'../'.repeat(after.length)}${[canonical, ...after].join('/')}${query}`);
}
