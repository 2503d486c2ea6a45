/** The log line and the HTTP metrics of every request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../../config/index.js';
import type { Metrics } from '../../metrics/index.js';

/** Status for a client that disconnected before the end of the response, as in nginx. */
const CLIENT_CLOSED_REQUEST = 499;

export class AccessLog {
  private readonly log: Logger;
  private readonly which: NonNullable<Config['accessLog']>;
  private readonly readable: boolean;

  constructor(
    private readonly metrics: Metrics,
    log: Logger,
    { which, readable }: { readonly which: Config['accessLog']; readonly readable: boolean },
  ) {
    this.which = which ?? (readable ? 'misses' : 'all');
    this.readable = readable;
    // The fields of a line are fixed and contain no secret; the search for secrets would triple the time of a line.
    this.log = log.child({}, { redact: [] });
  }

  /** Install it before any hook that may answer a request. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      this.watch(request, reply);
      done();
    });
  }

  /** Records the request when the response is sent or the client has disconnected; Fastify's onResponse misses the latter. */
  watch(request: FastifyRequest, reply: FastifyReply): void {
    const begun = performance.now();
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      this.record(request, status, performance.now() - begun);
    });
  }

  private record(request: FastifyRequest, status: number, ms: number): void {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    this.metrics.httpRequest(route, request.method, status, ms / 1000);
    const level = levelOf(request, status);
    if (!this.log.isLevelEnabled(level) || !isWanted(this.which, request, status)) return;
    const withPath = status >= 400 || this.log.isLevelEnabled('debug');
    if (this.readable) this.log[level](sentenceOf(request, route, status, ms));
    else this.log[level](lineOf(request, route, status, ms, withPath), 'request');
  }
}

/** Probes are frequent, and their 503 is normal while the process starts or stops. */
function levelOf({ routeOptions }: FastifyRequest, status: number): 'debug' | 'info' | 'warn' {
  if (routeOptions.config?.management && (status < 400 || status === 503)) return 'debug';
  return status >= 500 ? 'warn' : 'info';
}

function isWanted(
  which: NonNullable<Config['accessLog']>,
  { tile }: FastifyRequest,
  status: number,
): boolean {
  switch (which) {
    case 'all':
      return true;
    case 'misses':
      return (tile?.outcome !== 'hit' && tile?.outcome !== 'empty') || tile.upstreamStatus !== undefined;
    case 'errors':
      return status >= 400;
    case 'off':
      return false;
  }
}

/**
 * The path, without its query, is logged for errors and at debug level only, so that the log does not record which tiles a
 * user views.
 */
function lineOf(
  request: FastifyRequest,
  route: string,
  status: number,
  ms: number,
  withPath: boolean,
): object {
  const { tile } = request;
  return {
    requestId: request.id,
    method: request.method,
    route,
    path: withPath ? pathOf(request, route) : undefined,
    layer: tile?.layer,
    zoom: tile?.zoom,
    outcome: tile?.outcome,
    upstreamStatus: tile?.upstreamStatus,
    status,
    ms: Math.round(ms * 10) / 10,
    keyId: request.access?.keyId,
    problem: request.problem ?? undefined,
  };
}

/** `200 GET all-hot z14/8500/5700 miss 83 ms`, and the problem of an error: for the terminal of the user whose tiles these are. */
function sentenceOf(request: FastifyRequest, route: string, status: number, ms: number): string {
  const { tile, method, problem } = request;
  const subject = tile
    ? `${tile.layer} z${tile.zoom}/${tile.x}/${tile.y} ${tile.outcome ?? ''}`.trimEnd()
    : (pathOf(request, route) ?? 'unknown path');
  return `${status} ${method} ${subject} ${Math.round(ms)} ms${problem ? `: ${problem}` : ''}`;
}

/**
 * The path without its query; undefined without a route or with a variable first segment, because that may be anything, a
 * key among others. A client that drops the "?" puts its key into the path as well.
 */
function pathOf({ url }: FastifyRequest, route: string): string | undefined {
  if (route === 'none' || route.startsWith('/:')) return undefined;
  return url.split('?', 1)[0]!.replace(/(key|token)=[^/]*/gi, '$1=');
}
