/** Refuses request targets that no route can match, before anything interprets them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../errors/http-problem.js';

export function installTargetCheck(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)));
}

function refusalOf(request: FastifyRequest): HttpProblem | undefined {
  const [path] = (request.raw.url ?? '').split('?', 1);
  if (!path!.startsWith('/')) return new HttpProblem(400, 'The request target must be a path.');
  if (path!.includes('%')) return new HttpProblem(400, 'No path here needs percent-encoding.');
  if (request.is404 && !['GET', 'HEAD'].includes(request.method))
    return new HttpProblem(405, 'This URL accepts GET, HEAD and OPTIONS only.', {
      allow: 'GET, HEAD, OPTIONS',
    });
  return undefined;
}
