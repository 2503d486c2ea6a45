/** The key form, which a browser without a valid API key gets at `/` in place of a problem. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyPage, type PageFiles } from '../../html-pages/index.js';
import { prefersHtml } from '../answers/accepted.js';
import type { HttpProblem } from './http-problem.js';

export function wantsKeyPage(request: FastifyRequest, { status }: HttpProblem): boolean {
  return status === 401 && request.routeOptions.config.errors === 'page' && prefersHtml(request.headers);
}

/** Without `WWW-Authenticate`, at which a browser would open a dialog of its own. */
export function sendKeyPage(
  request: FastifyRequest,
  reply: FastifyReply,
  files: PageFiles,
  policy: string,
  problem: HttpProblem,
): void {
  void reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .header('content-security-policy', policy)
    .header('content-type', 'text/html; charset=utf-8')
    .send(keyPage(files, firstSentence(problem.detail)));
}

/** The rest says how programs send the key. */
function firstSentence(detail: string): string {
  return detail.replace(/\. .*$/s, '.');
}
