/** Refuses request targets that no route can match, before anything interprets them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { quoted } from '../../common/text/quoted.js';
import { HttpProblem } from '../errors/http-problem.js';

export function installTargetCheck(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)));
}

function refusalOf(request: FastifyRequest): HttpProblem | undefined {
  const problem = targetProblem(request.raw.url ?? '');
  if (problem) return problem;
  if (request.is404 && !['GET', 'HEAD'].includes(request.method))
    return new HttpProblem(405, 'This URL accepts GET, HEAD and OPTIONS only.', {
      allow: 'GET, HEAD, OPTIONS',
    });
  return undefined;
}

/** `{z}`, `%7Bz%7D` or `%1` of a URL template. */
const PLACEHOLDER = /(?:\{|%7B)([\w:,$-]{1,20})(?:\}|%7D)|%[1-3](?![\dA-F])/i;

/** Also for targets that are refused before routing, such as `%1`, which is no percent-encoding. */
export function targetProblem(target: string): HttpProblem | undefined {
  const [path = ''] = target.split('?', 1);
  if (!path.startsWith('/')) return new HttpProblem(400, 'The request target must be a path.');
  const [placeholder, name] = PLACEHOLDER.exec(path) ?? [];
  if (placeholder !== undefined)
    return new HttpProblem(
      400,
      `The placeholder ${quoted(name === undefined ? placeholder : `{${name}}`)} was not filled in. This URL is a template for ` +
        'map clients, which replace {z}, {x} and {y} by numbers; use the form of placeholders that your client supports.',
    );
  if (path.includes('%'))
    return new HttpProblem(400, 'Percent-encoding in the path is not accepted, except %40 for "@".');
  return undefined;
}
