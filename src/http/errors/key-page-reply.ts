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
  problem: HttpProblem,
): void {
  void reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .header('content-security-policy', KEY_PAGE_POLICY)
    .header('content-type', 'text/html; charset=utf-8')
    .send(keyPage(files, problem.detail));
}

const KEY_PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
