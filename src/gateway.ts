/** Assembles the gateway: the application, its hooks and its listeners. The program and the tests start it. */
import type { IncomingMessage, Server } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { adminKeyOf, KEY_RING, takeKeyFromPath, type KeyRing } from './auth-keys/index.js';
import { systemClock, type Clock } from './common/clock.js';
import { ListenError, type ListenSettings } from './common/net/listen-error.js';
import type { Config } from './config/index.js';
import { Phase } from './health/index.js';
import type { Bundle } from './html-pages/index.js';
import {
  AccessLog,
  BUNDLE,
  ClosedConnections,
  answerClientError,
  canonicalTarget,
  ignoreExpectations,
  InFlight,
  limitConnections,
  ManagementListener,
  MAX_BODY_BYTES,
  pagePolicy,
  parseQuery,
  ProblemFilter,
  recordRoutes,
  requestIds,
  SERVER_LIMITS,
  takeClientAddress,
  urlOf,
  type Route,
} from './http/index.js';
import { RateLimits } from './limits/index.js';
import { isReadable, nestLogger } from './logging.js';
import { Metrics } from './metrics/index.js';
import { REDIS, type RedisConnection } from './redis/index.js';
import { decorateRequests } from './request-context.js';
import { installRequestHooks, sendWithoutHooks } from './request-hooks.js';
import { watchSecretFiles } from './secret-files.js';

export interface Gateway {
  readonly app: NestFastifyApplication;
  /** Every route of both ports. */
  readonly routes: readonly Route[];
  /**
   * Opens the listeners and resolves with their URLs; for port 0 these have the port that the system chose. Rejects with a
   * {@link ListenError}.
   */
  listen(): Promise<{ readonly public: string; readonly management: string | undefined }>;
  /** From now on `/readyz` answers 503. */
  drain(): void;
  /** Closes the listeners, waits for the requests in flight, and saves the cookies. */
  close(): Promise<void>;
}

/** Time for a client to read a response, beyond the upstream timeout: 400 kB over a slow connection. */
const READ_MS = 60_000;
/** About a thousand large tiles. */
const MAX_UNREAD_BYTES = 128 * 1024 * 1024;

/** Throws a `KeyFileError` for a key file that cannot be used. */
export async function createGateway(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
): Promise<Gateway> {
  const adapter = new FastifyAdapter({
    logger: false,
    // Clients request /wmts/ and /tms/1.0.0/ as well.
    routerOptions: { ignoreTrailingSlash: true, querystringParser: parseQuery },
    http: SERVER_LIMITS,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: SERVER_LIMITS.keepAliveTimeout,
    requestTimeout: SERVER_LIMITS.requestTimeout,
    // Without this option Fastify reads the client's IP address straight from the socket.
    ...(config.trustProxy.any && {
      trustProxy: (address: string, hop: number) => config.trustProxy.trusts(address, hop),
    }),
    clientErrorHandler: (error, socket) => inFlight.inTurn(socket, () => answerClientError(error, socket)),
    rewriteUrl: (request: IncomingMessage) => canonicalTarget(takeKeyFromPath(request)),
    genReqId: requestIds(config),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendWithoutHooks({ config, accessLog }, error, request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(config, clock, log), adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const metrics = app.get(Metrics);
  const closed = new ClosedConnections(metrics, log);
  const inFlight = new InFlight(
    { maxMs: config.upstreamTimeoutMs + READ_MS, maxUnreadBytes: MAX_UNREAD_BYTES },
    closed,
  );
  const phase = app.get(Phase);
  const keys = app.get<KeyRing | undefined>(KEY_RING);
  const adminKey = adminKeyOf(config);
  const accessLog = new AccessLog(metrics, log, {
    which: config.accessLog,
    readable: isReadable(config),
    withClient: config.accessLogClient,
    isKey: (word) => word === adminKey || (keys?.contains(word) ?? false),
  });
  const management = config.managementPort === undefined ? undefined : new ManagementListener(fastify);

  const routes = recordRoutes(fastify);
  decorateRequests(fastify);
  // Only /admin reads bodies, and parses them itself.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await installRequestHooks(fastify, {
    config,
    log,
    accessLog,
    countRateLimited: () => metrics.authRejection('rate_limited'),
    limits: new RateLimits(app.get<RedisConnection | undefined>(REDIS)),
    keys,
    adminKey,
    management,
    phase,
  });
  app.useGlobalFilters(new ProblemFilter(log, metrics, app.get<Bundle>(BUNDLE), pagePolicy(config)));
  await app.init();
  await fastify.ready();

  const stopWatchingModes = watchSecretFiles(config, log);
  const connections = {
    max: config.maxConnections,
    maxPerAddress: config.maxConnectionsPerAddress,
    isProxy: (address: string) => config.trustProxy.trusts(address, 0),
  };
  const servers: Server[] = [fastify.server, ...(management ? [management.server] : [])];
  for (const server of servers) {
    limitConnections(server, connections, closed);
    inFlight.watch(server);
    ignoreExpectations(server);
    if (config.trustProxy.any) takeClientAddress(server);
  }
  management?.server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    inFlight.inTurn(socket, () => answerClientError(error, socket)),
  );
  return {
    app,
    routes,
    async listen() {
      const managementHost = config.managementHost ?? config.host;
      await management
        ?.listen(config.managementPort!, managementHost)
        .catch(
          failsAs({ host: config.managementHost ? 'MANAGEMENT_HOST' : 'HOST', port: 'MANAGEMENT_PORT' }),
        );
      await app
        .listen({ host: config.host, port: config.port })
        .catch(failsAs({ host: 'HOST', port: 'PORT' }));
      phase.current = 'serving';
      return {
        public: urlOf(fastify.server),
        management: management && urlOf(management.server),
      };
    },
    drain() {
      phase.current = 'shutting_down';
    },
    async close() {
      phase.current = 'shutting_down';
      await requestsRead();
      for (const server of servers) server.close();
      await inFlight.none(config.upstreamTimeoutMs + 1000);
      // An idle connection would delay the shutdown for as long as its client keeps it open.
      for (const server of servers) server.closeAllConnections();
      await app.close();
      stopWatchingModes();
    },
  };
}

/** Throws what is wrong with the settings of a listener. */
function failsAs(settings: ListenSettings): (error: Error) => never {
  return (error) => {
    throw ListenError.from(error, settings);
  };
}

/**
 * Resolves when requests in the receive buffers are read: a process that was short of CPU may reach the end of the shutdown
 * delay before it has read them, and closing a connection with unread bytes resets it. The first turn of the event loop
 * accepts connections, the second one reads from them.
 */
async function requestsRead(): Promise<void> {
  await nextTurn();
  await nextTurn();
}
