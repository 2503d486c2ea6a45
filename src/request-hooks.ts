/** The hooks that every request passes, in their order: the security policy of the gateway. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { installAdminCheck, installKeyCheck, type KeyRing } from './auth-keys/index.js';
import type { Log } from './common/log.js';
import type { Config } from './config/index.js';
import type { Phase } from './health/index.js';
import {
  installAdminCors,
  installCors,
  installHostCheck,
  installOptions,
  installOverload,
  installPortCheck,
  installSecurityHeaders,
  installTargetCheck,
  problemFor,
  sendProblem,
  setCorsHeaders,
  setSecurityHeaders,
  targetProblem,
  type AccessLog,
  type ManagementListener,
} from './http/index.js';
import { installAddressLimit, type RateLimits } from './limits/index.js';

export interface HookContext {
  readonly config: Config;
  readonly log: Log;
  readonly accessLog: AccessLog;
  readonly limits: RateLimits;
  /** Counts a request that a rate limit refuses and that has no error handler. */
  readonly countRateLimited: () => void;
  /** Undefined in open mode. */
  readonly keys: KeyRing | undefined;
  /** Undefined turns /admin off. */
  readonly adminKey: string | undefined;
  /** Undefined without a management port. */
  readonly management: ManagementListener | undefined;
  readonly phase: Phase;
}

export interface RequestHook {
  readonly name: string;
  /** A sentence for docs/architecture.md. */
  readonly summary: string;
  readonly install: (fastify: FastifyInstance, context: HookContext) => void | Promise<void>;
}

/** A hook that refuses or answers a request ends it: no later hook sees it. */
export const REQUEST_HOOKS: readonly RequestHook[] = [
  {
    name: 'Access log',
    summary:
      'Writes the log line and counts the request when the response is sent or the client has disconnected.',
    install: (fastify, { accessLog }) => accessLog.install(fastify),
  },
  {
    name: 'Security headers',
    summary: 'Sets the headers that tell browsers how to isolate the response.',
    install: installSecurityHeaders,
  },
  {
    name: 'Address limit of OPTIONS',
    summary: 'Counts OPTIONS requests as the address limit does, because the next hooks answer them.',
    install: (fastify, context) =>
      limitAddresses(
        fastify,
        context,
        ({ method }) => method === 'OPTIONS',
        // The OPTIONS route of the CORS plugin has no error handler of the gateway.
        (error, request, reply) => {
          context.countRateLimited();
          const { problem } = problemFor(error);
          request.problem = problem.detail;
          sendProblem(request, reply, problem);
        },
      ),
  },
  {
    name: 'CORS of /admin',
    summary: 'Lets the browser extension call /admin, and no other web origin. Answers OPTIONS there.',
    install: installAdminCors,
  },
  {
    name: 'CORS',
    summary: 'Lets the web origins of CORS_ORIGINS read responses. Answers their preflights.',
    install: (fastify, { config }) => installCors(fastify, config.corsOrigins),
  },
  {
    name: 'OPTIONS',
    summary: 'Answers every other OPTIONS request with 204.',
    install: installOptions,
  },
  {
    name: 'Overload',
    summary:
      'Refuses with 503 while the delay of the event loop exceeds MAX_EVENT_LOOP_DELAY_MS, except for probes and metrics.',
    install: (fastify, { config }) => installOverload(fastify, config.maxEventLoopDelayMs),
  },
  {
    name: 'Address limit',
    summary:
      'Counts the request for the IP address of the client and refuses with 429 beyond RATE_LIMIT_PER_ADDRESS, except for probes and the management port.',
    install: (fastify, context) => limitAddresses(fastify, context, ({ method }) => method !== 'OPTIONS'),
  },
  {
    name: 'Shutdown',
    summary: 'Asks the client to close the connection while the process shuts down.',
    install: (fastify, { phase }) => {
      fastify.addHook('onRequest', (_request, reply, done) => {
        if (phase.current === 'shutting_down') void reply.header('connection', 'close');
        done();
      });
    },
  },
  {
    name: 'Host',
    summary:
      'Without API keys on a loopback address, refuses with 421 a Host other than localhost, a loopback address and the host of PUBLIC_URL, except for probes. Warns once of forwarded requests without API keys.',
    install: (fastify, { config, keys, management, log }) =>
      installHostCheck(fastify, { config, open: keys === undefined, management, log }),
  },
  {
    name: 'Port',
    summary: 'Refuses with 404 a route of the management port on the public port, and the reverse.',
    install: (fastify, { management }) => installPortCheck(fastify, management),
  },
  {
    name: 'Request target',
    summary:
      'Refuses with 400 an absolute URL and percent-encoding in the path except %40, and with 405 an unknown method.',
    install: installTargetCheck,
  },
  {
    name: 'API key',
    summary:
      'With API keys configured, refuses with 401 a request to a route that is not public without a valid key, with 403 another web origin than the key allows, and with 429 beyond the limit of the key. The management port needs no key.',
    install: (fastify, { keys: ring, limits, config, management }) =>
      installKeyCheck(fastify, {
        ring,
        limits,
        perMinute: config.rateLimitPerKey,
        exempt: (request) => management?.received(request) ?? false,
      }),
  },
  {
    name: 'Admin key',
    summary:
      'On admin routes, refuses with 404 while no admin key is configured, with 401 a wrong key, and with 429 beyond 20 attempts a minute from one address and a wrong key beyond 100 a minute from all.',
    install: (fastify, { adminKey, limits }) => installAdminCheck(fastify, adminKey, limits),
  },
];

function limitAddresses(
  fastify: FastifyInstance,
  { limits, config, management }: HookContext,
  applies: (request: FastifyRequest) => boolean,
  refuse?: Parameters<typeof installAddressLimit>[4],
): void {
  const exempt = (request: FastifyRequest) => {
    const flags = request.routeOptions.config;
    return !applies(request) || (flags.public && flags.management) || management?.received(request);
  };
  installAddressLimit(fastify, limits, config.rateLimitPerAddress, exempt, refuse);
}

export async function installRequestHooks(fastify: FastifyInstance, context: HookContext): Promise<void> {
  for (const { install } of REQUEST_HOOKS) await install(fastify, context);
}

/** Answers an error before routing, such as a malformed path: no hook runs then, so this does the work of the first ones. */
export function sendWithoutHooks(
  { config, accessLog }: Pick<HookContext, 'config' | 'accessLog'>,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  setSecurityHeaders(reply);
  setCorsHeaders(config.corsOrigins, request, reply);
  accessLog.watch(request, reply);
  sendProblem(request, reply, targetProblem(request.raw.url ?? '') ?? problemFor(error).problem);
}
