/** The addresses that a document repeats: public base, and the key in the form in which it came. Pure. */
import type { FastifyRequest } from 'fastify';
import type { Access } from '../../access/index.js';
import type { Config } from '../../config/index.js';
import { HttpProblem } from '../errors/http-problem.js';

export interface DocumentLinks {
  /** Absolute address without a trailing slash; holds the key when that came in the path. */
  readonly base: string;
  /** `key=...` when the key came in the query, else empty. */
  readonly query: string;
}

type Headers = FastifyRequest['headers'];

export function documentLinks(
  request: Pick<FastifyRequest, 'headers' | 'access'> & {
    readonly socket: Pick<FastifyRequest['socket'], 'remoteAddress'>;
  },
  config: Pick<Config, 'publicUrl' | 'trustProxy'>,
): DocumentLinks {
  const base =
    config.publicUrl ?? baseOf(request.headers, config.trustProxy.trusts(request.socket.remoteAddress, 0));
  return withKey(base, request.access);
}

/** `address` of the gateway, e.g. `/xyz/...`, with the key. */
export function linkTo({ base, query }: DocumentLinks, address: string): string {
  return `${base}${address}${query && `?${query}`}`;
}

function withKey(base: string, access: Access | null): DocumentLinks {
  const { form, key } = access?.repeat ?? {};
  return { base: form === 'path' ? `${base}/k/${key}` : base, query: form === 'query' ? `key=${key}` : '' };
}

const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

function baseOf(headers: Headers, behindProxy: boolean): string {
  const forwarded = behindProxy ? forwardedOf(headers) : {};
  const host = forwarded.host ?? headers.host;
  if (host === undefined || !HOST.test(host) || !URL.canParse(`http://${host}`))
    throw new HttpProblem(
      400,
      'The Host header is missing or malformed; set PUBLIC_URL if a proxy changes it.',
    );
  return `${forwarded.proto ?? 'http'}://${host}${forwarded.prefix ?? ''}`;
}

/** A document repeats it a thousand times. */
const MAX_PREFIX = 256;

/** RFC 7239 first, then the X-Forwarded-* headers; the first proxy, nearest to the client, counts. */
function forwardedOf(headers: Headers): {
  host?: string | undefined;
  proto?: string | undefined;
  prefix?: string | undefined;
} {
  const first = (name: string) =>
    String(headers[name] ?? '')
      .split(',', 1)[0]!
      .trim() || undefined;
  const pair = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*"?([^";]*)"?`, 'i').exec(first('forwarded') ?? '')?.[1];
  const proto = (pair('proto') ?? first('x-forwarded-proto'))?.toLowerCase();
  const prefix = first('x-forwarded-prefix')?.replace(/\/+$/, '');
  return {
    host: pair('host') ?? first('x-forwarded-host'),
    proto: proto === 'https' || proto === 'http' ? proto : undefined,
    prefix:
      prefix !== undefined && prefix.length <= MAX_PREFIX && /^(?:\/[A-Za-z0-9._~-]+)*$/.test(prefix)
        ? prefix
        : undefined,
  };
}
