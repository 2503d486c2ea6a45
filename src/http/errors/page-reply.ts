/** What a browser gets at `/` in place of a problem: the key form without a valid API key, a page for a refused host. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyPage, problemPage, type PageFiles } from '../../html-pages/index.js';
import { prefersHtml } from '../answers/accepted.js';
import type { HttpProblem } from './http-problem.js';

/** Undefined for a request that gets the problem itself. */
export function pageOfProblem(
  request: FastifyRequest,
  { status, detail }: HttpProblem,
  files: PageFiles,
): string | undefined {
  if (request.routeOptions.config.errors !== 'page' || !prefersHtml(request.headers)) return undefined;
  // The rest says how programs send the key.
  if (status === 401) return keyPage(files, firstSentence(detail));
  return status === 421 ? problemPage('This host is not accepted', detail) : undefined;
}

/** Without `WWW-Authenticate`, at which a browser would open a dialog of its own. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  policy: string,
  page: string,
): void {
  void reply
    .status(status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .header('content-security-policy', policy)
    .header('content-type', 'text/html; charset=utf-8')
    .send(page);
}

function firstSentence(detail: string): string {
  return detail.replace(/\. .*$/s, '.');
}
