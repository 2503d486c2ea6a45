/** The whole gateway, assembled: what the program starts, and what tests start. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { KEY_RING } from './auth-keys/auth-keys.module.js';
import {
  adminKeyOf,
  installAdminCheck,
  installKeyCheck,
  takeKeyFromPath,
  type KeyRing,
} from './auth-keys/index.js';
import { systemClock, type Clock } from './common/clock.js';
import type { Config } from './config/index.js';
import { Phase } from './health/phase.js';
import {
  AccessLog,
  answerClientError,
  HttpProblem,
  ProblemFilter,
  problemFor,
  InFlight,
  installCors,
  limitConnections,
  installOverload,
  installSecurityHeaders,
  MAX_BODY_BYTES,
  requestIds,
  sendProblem,
  SERVER_LIMITS,
  setCorsHeaders,
  setSecurityHeaders,
} from './http/index.js';
import { installAddressLimit, RateLimits } from './limits/index.js';
import { nestLogger } from './logging.js';
import { Metrics } from './metrics/index.js';
import { REDIS, type RedisConnection } from './redis/index.js';
import { watchSecretFiles } from './secret-files.js';

export interface Gateway {
  readonly app: NestFastifyApplication;
  /** Opens the listeners; gives the addresses they have, of which a port may have been free to choose. */
  listen(): Promise<{ readonly public: string; readonly management: string | undefined }>;
  /** From here on `/readyz` fails. */
  drain(): void;
  /** Ends the listeners, waits for requests under way, and saves the cookies. */
  close(): Promise<void>;
}

/** Time for a client to read an answer, beyond what the upstream may take: 400 kB over a slow line. */
const READ_MS = 60_000;
/** About a thousand large tiles. */
const MAX_UNREAD_BYTES = 128 * 1024 * 1024;

/** Throws in plain words when the key file is not usable. */
export async function createGateway(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
): Promise<Gateway> {
  const inFlight = new InFlight(
    { maxMs: config.upstreamTimeoutMs + READ_MS, maxUnreadBytes: MAX_UNREAD_BYTES },
    log,
  );
  const noRequest = (error: NodeJS.ErrnoException, socket: Duplex) =>
    inFlight.inTurn(socket, () => answerClientError(error, socket));
  const adapter = new FastifyAdapter({
    logger: false,
    // Clients ask for /wmts/ and /tms/1.0.0/ as well.
    routerOptions: { ignoreTrailingSlash: true },
    http: SERVER_LIMITS,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: SERVER_LIMITS.keepAliveTimeout,
    requestTimeout: SERVER_LIMITS.requestTimeout,
    // Without it the address of a client is read straight from its socket.
    ...(config.trustProxy.any && {
      trustProxy: (address: string, hop: number) => config.trustProxy.trusts(address, hop),
    }),
    clientErrorHandler: noRequest,
    rewriteUrl: takeKeyFromPath,
    genReqId: requestIds(config),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setSecurityHeaders(reply);
      setCorsHeaders(config.corsOrigins, request, reply);
      accessLog.watch(request, reply);
      sendProblem(request, reply, problemFor(error).problem);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(config, clock, log), adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const metrics = app.get(Metrics);
  const accessLog = new AccessLog(metrics, log, config.accessLog);
  accessLog.install(fastify);
  const managementRequests = new WeakSet<IncomingMessage>();
  const separate = config.managementPort !== undefined;
  const misplaced = (request: FastifyRequest) =>
    separate && Boolean(request.routeOptions.config.management) !== managementRequests.has(request.raw);

  // Bodies go to /admin alone, and it is not for a parser to say which cookie formats there are.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const redis = app.get<RedisConnection | undefined>(REDIS);
  const limits = await RateLimits.install(fastify, redis, log);
  installSecurityHeaders(fastify);
  await installCors(fastify, config.corsOrigins);
  await installOverload(fastify, config.maxEventLoopDelayMs);
  // Probes come often, and from one address.
  installAddressLimit(fastify, limits, config.rateLimitPerAddress, (request) => {
    const { public: open, management } = request.routeOptions.config;
    return (open && management) || managementRequests.has(request.raw);
  });
  const phase = app.get(Phase);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (phase.current === 'shutting_down') void reply.header('connection', 'close');
    done(
      misplaced(request) ? new HttpProblem(404, 'There is nothing at this address.') : refusedForm(request),
    );
  });
  installKeyCheck(fastify, {
    ring: app.get<KeyRing | undefined>(KEY_RING),
    limits,
    perMinute: config.rateLimitPerKey,
    // The management port is for the operator's own network.
    exempt: (request) => managementRequests.has(request.raw),
  });
  installAdminCheck(fastify, adminKeyOf(config), limits);
  app.useGlobalFilters(new ProblemFilter(log, metrics));
  await app.init();
  await fastify.ready();

  const unwatchModes = watchSecretFiles(config, log);
  limitConnections(fastify.server, config.maxConnections, log);
  serveAll(fastify.server, inFlight);
  let management: Server | undefined;
  return {
    app,
    async listen() {
      if (separate) {
        management = createServer(SERVER_LIMITS, (request, response) => {
          managementRequests.add(request);
          fastify.routing(request, response);
        });
        management.on('clientError', noRequest);
        serveAll(management, inFlight);
        const server = management;
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(config.managementPort, config.host, resolve);
        });
      }
      await app.listen({ host: config.host, port: config.port });
      phase.current = 'serving';
      return {
        public: urlOf(fastify.server.address()),
        management: management && urlOf(management.address()),
      };
    },
    drain() {
      phase.current = 'shutting_down';
    },
    async close() {
      phase.current = 'shutting_down';
      fastify.server.close();
      management?.close();
      await inFlight.none(config.upstreamTimeoutMs + 1000);
      // Connections without a request would hold the stop up for as long as their clients like.
      fastify.server.closeAllConnections();
      management?.closeAllConnections();
      await app.close();
      unwatchModes();
    },
  };
}

/** What both listeners have in common: requests are counted, and expectations that nobody can meet are ignored (RFC 9110, 10.1.1). */
function serveAll(server: Server, inFlight: InFlight): void {
  inFlight.watch(server);
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Targets in forms that no client of ours sends; refused before anybody interprets them. */
function refusedForm(request: FastifyRequest): HttpProblem | undefined {
  const [path] = (request.raw.url ?? '').split('?', 1);
  if (!path!.startsWith('/')) return new HttpProblem(400, 'The request target must be a path.');
  if (path!.includes('%')) return new HttpProblem(400, 'No address here needs percent-encoding in its path.');
  if (request.is404 && !['GET', 'HEAD'].includes(request.method))
    return new HttpProblem(405, 'This address answers GET, HEAD and OPTIONS only.', {
      allow: 'GET, HEAD, OPTIONS',
    });
  return undefined;
}

function urlOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
