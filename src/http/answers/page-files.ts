import type { FastifyRequest } from 'fastify';
import type { Bundle, PageFiles } from '../../html-pages/index.js';

/** Injection token of the {@link Bundle}. */
export const BUNDLE = Symbol('BUNDLE');

/**
 * The URLs of the files that a page loads: relative, because a module script of another origin, such as that of `PUBLIC_URL`,
 * needs CORS. They need no key.
 */
export function pageFiles(
  { script, style }: Bundle,
  request: Pick<FastifyRequest, 'originalUrl'>,
): PageFiles {
  const [path = ''] = request.originalUrl.split('?', 1);
  // The last segment of /k/{key} without a slash at its end counts as a file, against which browsers do not resolve.
  const base = `./${path.endsWith('/') ? '' : `${path.slice(path.lastIndexOf('/') + 1)}/`}`;
  return { base, script: `${base}web/${script}`, style: `${base}web/${style}` };
}
