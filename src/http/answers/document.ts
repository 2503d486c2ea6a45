/** Sends a rendered document with its ETag, compressed if the client accepts gzip. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RenderedDocument } from '../../capabilities/index.js';
import { acceptsGzip, varyByEncoding } from './accepted.js';
import { isNotModified } from './not-modified.js';

/** Short, because the zoom levels depend on the cookies. Without `Expires`, QGIS caches a document for a day. */
const MAX_AGE_SECONDS = 300;

export function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  contentType: string,
  { body, gzip, etag, gzipEtag }: RenderedDocument,
): void {
  const zipped = acceptsGzip(request.headers);
  const validator = zipped ? gzipEtag : etag;
  varyByEncoding(reply);
  reply
    .header('cache-control', `private, max-age=${MAX_AGE_SECONDS}`)
    .header('expires', new Date(Date.now() + MAX_AGE_SECONDS * 1000).toUTCString())
    .header('etag', validator);
  if (isNotModified(request.headers, { etag: validator })) {
    reply.status(304).send();
    return;
  }
  if (zipped) reply.header('content-encoding', 'gzip');
  reply.header('content-type', contentType).send(zipped ? gzip : body);
}
