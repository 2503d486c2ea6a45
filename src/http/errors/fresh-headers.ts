import { validateHeaderValue } from 'node:http';
import type { FastifyReply } from 'fastify';
import { setSecurityHeaders } from '../listener/security-headers.js';

/** Fields that describe the representation that was not sent (RFC 9110, 8). */
const OF_REPRESENTATION = new Set([
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
]);

/** Removes the headers of a response that failed, also one that failed because of a header, and sets the security headers again. */
export function freshHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (OF_REPRESENTATION.has(name) || !isValid(name, value)) void reply.removeHeader(name);
  setSecurityHeaders(reply);
}

function isValid(name: string, value: unknown): boolean {
  try {
    for (const each of [value].flat()) validateHeaderValue(name, String(each));
    return true;
  } catch {
    return false;
  }
}
