/** The log line and the HTTP metrics of every request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../../config/index.js';
import type { Metrics } from '../../metrics/index.js';
import { loggedProblem, pathOfRoute, pathOfUnknown } from './logged-path.js';

/** Status for a client that disconnected before the end of the response, as in nginx. */
const CLIENT_CLOSED_REQUEST = 499;

export interface AccessLogOptions {
  readonly which: Config['accessLog'];
  /** Lines for a terminal instead of JSON. */
  readonly readable: boolean;
  /** Whether lines contain the IP address of the client. */
  readonly withClient: boolean;
  /** Whether a word is an API key or the admin key, which no line may contain. */
  readonly isKey: (word: string) => boolean;
}

export class AccessLog {
  private readonly log: Logger;
  private readonly which: NonNullable<Config['accessLog']>;

  constructor(
    private readonly metrics: Metrics,
    log: Logger,
    private readonly options: AccessLogOptions,
  ) {
    this.which = options.which ?? (options.readable ? 'misses' : 'all');
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
    const path = this.pathOf(request, route, status);
    const client = this.options.withClient ? request.ip : undefined;
    // Undefined for an error before routing.
    const problem = request.problem ? loggedProblem(request.problem, this.options.isKey) : undefined;
    const line = { status, ms, path, client, problem };
    if (this.options.readable) this.log[level](sentenceOf(request, line));
    else this.log[level](lineOf(request, route, line), 'request');
  }

  /**
   * The path is logged for errors and at debug level only, and on a terminal, so that the log does not record which tiles a user
   * views. Without a route, only a 404 has it: other refusals may concern the key that the path contains.
   */
  private pathOf({ url }: FastifyRequest, route: string, status: number): string | undefined {
    const { readable, isKey } = this.options;
    if (route === 'none' || route.startsWith('/:'))
      return status === 404 ? pathOfUnknown(url, isKey) : undefined;
    return status >= 400 || readable || this.log.isLevelEnabled('debug')
      ? pathOfRoute(url, isKey)
      : undefined;
  }
}

interface Line {
  readonly status: number;
  readonly ms: number;
  readonly path: string | undefined;
  readonly client: string | undefined;
  readonly problem: string | undefined;
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

function lineOf(request: FastifyRequest, route: string, { status, ms, path, client, problem }: Line): object {
  const { tile } = request;
  return {
    requestId: request.id,
    method: request.method,
    route,
    path,
    client,
    layer: tile?.layer,
    zoom: tile?.zoom,
    outcome: tile?.outcome,
    upstreamStatus: tile?.upstreamStatus,
    status,
    ms: Math.round(ms * 10) / 10,
    keyId: request.access?.keyId,
    problem,
  };
}

/** `200 GET all-hot z14/8500/5700 miss 83 ms`, and the problem of an error: for the terminal of the user whose tiles these are. */
function sentenceOf({ tile, method }: FastifyRequest, { status, ms, path, client, problem }: Line): string {
  const subject = tile
    ? `${tile.layer} z${tile.zoom}/${tile.x}/${tile.y} ${tile.outcome ?? ''}`.trimEnd()
    : (path ?? 'unknown path');
  const from = client === undefined ? '' : ` from ${client}`;
  return `${status} ${method} ${subject} ${Math.round(ms)} ms${from}${problem ? `: ${problem}` : ''}`;
}
