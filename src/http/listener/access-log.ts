/** The one place for the log line and the metrics of a request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../../config/index.js';
import type { Metrics } from '../../metrics/index.js';

/** What nginx calls it when the client was gone before it had the answer. */
const HUNG_UP = 499;

export class AccessLog {
  private readonly log: Logger;

  constructor(
    private readonly metrics: Metrics,
    log: Logger,
    private readonly which: Config['accessLog'],
  ) {
    // A line has fields of ours alone; looking for secrets in them would take three times as long as writing it.
    this.log = log.child({}, { redact: [] });
  }

  /** Every request; to be called before any other hook that may answer it. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      this.watch(request, reply);
      done();
    });
  }

  /** This request, when its answer is out or its client gone: Fastify's own hook knows nothing of the latter. */
  watch(request: FastifyRequest, reply: FastifyReply): void {
    const begun = performance.now();
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.statusCode : HUNG_UP;
      this.record(request, status, performance.now() - begun);
    });
  }

  private record(request: FastifyRequest, status: number, ms: number): void {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    this.metrics.httpRequest(route, request.method, status, ms / 1000);
    const level = levelOf(request, status);
    if (!this.log.isLevelEnabled(level) || !isWanted(this.which, request, status)) return;
    const withPath = status >= 400 || this.log.isLevelEnabled('debug');
    this.log[level](lineOf(request, route, status, ms, withPath), 'request');
  }
}

/** Probes come every few seconds, and that they say 503 while the process starts or stops is as it should be. */
function levelOf({ routeOptions }: FastifyRequest, status: number): 'debug' | 'info' | 'warn' {
  if (routeOptions.config?.management && (status < 400 || status === 503)) return 'debug';
  return status >= 500 ? 'warn' : 'info';
}

function isWanted(which: Config['accessLog'], { tile }: FastifyRequest, status: number): boolean {
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
 * The path, without its query, is for what went wrong and for debugging: which tiles somebody looks at is nobody's business. What
 * is no route may hold anything, and is never logged.
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
    // A client that lost the "?" has put its key into the path.
    path:
      withPath && route !== 'none' ? request.url.split('?', 1)[0]!.replace(/key=[^/]*/gi, 'key=') : undefined,
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
