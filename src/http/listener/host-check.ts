/**
 * Which hosts a listener without API keys answers to. A web page can point its own host name at this machine (DNS rebinding),
 * and a tunnel on this machine can pass on requests from the internet: `Host` then names neither this machine nor PUBLIC_URL.
 * See docs/adr/0015-hosts-of-an-open-gateway.md.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AccessDenied } from '../../access/index.js';
import type { Log } from '../../common/log.js';
import { isLoopbackAddress, isLoopbackHost } from '../../common/net/loopback.js';
import type { Config } from '../../config/index.js';
import { HttpProblem } from '../errors/http-problem.js';
import type { ManagementListener } from './management-listener.js';

type HostSettings = Pick<Config, 'host' | 'managementHost' | 'publicUrl' | 'trustProxy'>;

export interface HostCheckOptions {
  readonly config: HostSettings;
  /** Whether the public listener needs no API key. */
  readonly open: boolean;
  readonly management: ManagementListener | undefined;
  readonly log: Log;
}

/** Throws {@link AccessDenied} for another host. Probes pass: they reveal nothing. */
export function installHostCheck(fastify: FastifyInstance, options: HostCheckOptions): void {
  const { config, open, management } = options;
  const checksPublic = open && isLoopbackHost(config.host);
  const checksManagement = isLoopbackHost(config.managementHost ?? config.host);
  const publicHost = config.publicUrl === undefined ? undefined : hostnameOf(new URL(config.publicUrl).host);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { host } = request.headers;
    const checks = management?.received(request) ? checksManagement : checksPublic;
    // A browser always sends a host.
    if (!checks || !host || isProbe(request)) return done();
    const hostname = hostnameOf(host);
    // RFC 9112, 3.2.
    if (hostname === undefined) return done(new HttpProblem(400, 'The Host header is malformed.'));
    const accepted = hostname === publicHost || isThisMachine(hostname);
    done(accepted ? undefined : new AccessDenied('host', { host }));
  });
  if (open) warnOfForwarding(fastify, options);
}

function isProbe({ routeOptions: { config } }: FastifyRequest): boolean {
  return Boolean(config.public && config.management);
}

const AUTHORITY = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{0,5})?$/;

/** The host of `host[:port]` in the form that browsers use, without a trailing dot; undefined for malformed text. */
export function hostnameOf(authority: string): string | undefined {
  if (!AUTHORITY.test(authority) || !URL.canParse(`http://${authority}`)) return undefined;
  return new URL(`http://${authority}`).hostname.replace(/^\[|\]$|\.$/g, '');
}

/** `*.localhost` never leaves the machine (RFC 6761, 6.3). */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackAddress(hostname);
}

/** Headers of reverse proxies and tunnels: cloudflared, ngrok, Tailscale Funnel, localtunnel, dev tunnels. */
const FORWARDING_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-original-host',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'cdn-loop',
  'ngrok-trace-id',
  'tailscale-user-login',
];

const FORWARDED =
  'a proxy or tunnel forwards requests to this gateway, which requires no API key: every client of the proxy uses your Strava session. ' +
  'Set API_KEYS_FILE; if the proxy authenticates requests, name it in TRUST_PROXY';

/** Warns once of requests that others may have sent. The operator knows a proxy that TRUST_PROXY names. */
function warnOfForwarding(
  fastify: FastifyInstance,
  { config, management, log }: Omit<HostCheckOptions, 'open'>,
): void {
  let warned = false;
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!warned && !management?.received(request)) {
      const header = FORWARDING_HEADERS.find((name) => request.headers[name] !== undefined);
      if (header !== undefined && !config.trustProxy.trusts(request.socket.remoteAddress, 0)) {
        warned = true;
        log.warn({ header }, FORWARDED);
      }
    }
    done();
  });
}
