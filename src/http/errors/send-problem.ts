/** Says a problem in the encoding of the request. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exceptionReport } from './exception-report.js';
import type { HttpProblem } from './http-problem.js';

/** KVP gets an exception report, and so does a RESTful client that asks for XML; everybody else gets a JSON problem. */
function wantsReport(request: FastifyRequest): boolean {
  const [path] = (request.raw.url ?? '').split('?', 1);
  if (path === '/wmts' || path === '/wmts/') return true;
  return path!.startsWith('/wmts/') && /\b(application|text)\/xml\b/.test(request.headers.accept ?? '');
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): void {
  const { status, detail, details } = problem;
  // Whoever reports the problem can say which one it was.
  reply.status(status).header('cache-control', 'no-store').header('x-request-id', request.id);
  if (details.retryAfterSeconds !== undefined) reply.header('retry-after', details.retryAfterSeconds);
  if (details.allow !== undefined) reply.header('allow', details.allow);
  if (details.challenge !== undefined) reply.header('www-authenticate', details.challenge);
  if (wantsReport(request)) {
    reply.header('content-type', 'application/xml').send(exceptionReport(problem));
  } else {
    const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
    // As bytes, because Fastify adds a charset to JSON text, which this media type does not have.
    reply.header('content-type', 'application/problem+json').send(Buffer.from(JSON.stringify(body)));
  }
}
