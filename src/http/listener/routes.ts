/** The routes of the running application with their flags. */
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly flags: FastifyContextConfig;
}

/** Call it before the first route is added; the list grows with each one. */
export function recordRoutes(fastify: FastifyInstance): readonly Route[] {
  const routes: Route[] = [];
  fastify.addHook('onRoute', ({ method, url, config }) => {
    for (const name of [method].flat()) routes.push({ method: name, path: url, flags: config ?? {} });
  });
  return routes;
}
