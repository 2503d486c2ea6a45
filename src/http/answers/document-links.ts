/** The URLs in a document: they start with the public base URL and repeat the API key in the form of the request. */
import type { FastifyRequest } from 'fastify';
import type { Access } from '../../access/index.js';
import type { Config } from '../../config/index.js';
import { HttpProblem } from '../errors/http-problem.js';

export interface DocumentLinks {
  /** Base URL without a trailing slash; includes the key of a request with `/k/{key}`. */
  readonly base: string;
  /** `key=...` for a request with the key in its query, else empty. */
  readonly query: string;
}

type Headers = FastifyRequest['headers'];

/** The part of a request that decides on its links. */
export type LinkedRequest = Pick<FastifyRequest, 'headers' | 'access'> & {
  readonly socket: Pick<FastifyRequest['socket'], 'remoteAddress'>;
};

export class DocumentLinker {
  constructor(private readonly config: Pick<Config, 'publicUrl' | 'trustProxy'>) {}

  /** Throws an {@link HttpProblem} for a request without a usable Host header, unless `PUBLIC_URL` is set. */
  linksFor(request: LinkedRequest): DocumentLinks {
    const { publicUrl, trustProxy } = this.config;
    const base = publicUrl ?? baseOf(request.headers, trustProxy.trusts(request.socket.remoteAddress, 0));
    return withKey(base, request.access);
  }
}

/** The URL of `path`, such as `/xyz/...` or `/wmts?SERVICE=WMTS`, with the key. */
export function linkTo({ base, query }: DocumentLinks, path: string): string {
  return `${base}${path}${query && `${path.includes('?') ? '&' : '?'}${query}`}`;
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

/** Characters; a document repeats the prefix a thousand times. */
const MAX_PREFIX = 256;

/** `Forwarded` (RFC 7239) first, then X-Forwarded-*; of several values the first, from the proxy nearest to the client. */
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
