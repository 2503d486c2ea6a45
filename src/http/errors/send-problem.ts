/** Sends a problem in the error format of the route. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorFormat } from '../../request-context.js';
import { prefersImage, prefersXmlToJson } from '../answers/accepted.js';
import { exceptionReport } from './exception-report.js';
import type { HttpProblem } from './http-problem.js';
import { isOgcRequest } from './not-found.js';

function wantsReport(request: FastifyRequest): boolean {
  switch (request.is404 ? formatOfTarget(request.raw.url) : request.routeOptions.config.errors) {
    case 'ows':
      return true;
    case 'ows-if-preferred':
      return prefersXmlToJson(request.headers);
    case 'page':
    case undefined:
      return false;
  }
}

/** The format for requests without a route: an unknown path or method, or an error before routing. */
function formatOfTarget(url = ''): ErrorFormat | undefined {
  const [path = ''] = url.split('?', 1);
  if (path === '/wmts' || path === '/wmts/' || isOgcRequest(url)) return 'ows';
  return path.startsWith('/wmts/') ? 'ows-if-preferred' : undefined;
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): void {
  const { status, detail, details } = problem;
  reply
    .status(status)
    .header('cache-control', 'no-store')
    // A report of the problem can name its log line.
    .header('x-request-id', request.id)
    // The map of another origin learns the status instead of a blocked response.
    .header('cross-origin-resource-policy', 'cross-origin');
  if (details.retryAfterSeconds !== undefined) reply.header('retry-after', details.retryAfterSeconds);
  if (details.allow !== undefined) reply.header('allow', details.allow);
  if (details.challenge !== undefined) reply.header('www-authenticate', details.challenge);
  if (details.picture && prefersImage(request.headers)) {
    reply.header('content-type', 'image/png').send(details.picture);
  } else if (wantsReport(request)) {
    reply.header('content-type', 'application/xml').send(exceptionReport(problem));
  } else {
    const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
    // As bytes, because Fastify adds a charset to JSON text, which this media type does not have.
    reply.header('content-type', 'application/problem+json').send(Buffer.from(JSON.stringify(body)));
  }
}
