/** Which clients keep a tile that is not to be stored. Pure. */
import type { FastifyRequest } from 'fastify';

/**
 * True for pages in browsers, and for QGIS, which keeps tiles with `Cache-Control: no-store` in memory only. Other map programs
 * store every tile with status 200 for days. See docs/adr/0014-notice-of-an-expired-session.md.
 */
export function honoursNoStore(headers: FastifyRequest['headers']): boolean {
  const { origin, 'sec-fetch-mode': fetchMode, 'user-agent': userAgent = '' } = headers;
  return origin !== undefined || fetchMode !== undefined || /\bQGIS\//.test(userAgent);
}
