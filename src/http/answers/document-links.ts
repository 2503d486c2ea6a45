/** The URLs in a document: they start with the public base URL and repeat the API key in the form of the request. */
import type { FastifyRequest } from 'fastify';
import type { Access } from '../../access/index.js';
import type { Config } from '../../config/index.js';
import { HttpProblem } from '../errors/http-problem.js';

export interface DocumentLinks {
  /** Base URL without a trailing slash; includes the key of a request with `/k/{key}`. */
  readonly base: string;
  /** `key=...`, or another name of the parameter, for a request with the key in its query, else empty. */
  readonly query: string;
}

/** Where a URL has the API key: in a query parameter of this name, or in its path. */
export interface KeyForm {
  readonly parameter: string | undefined;
}

type Headers = FastifyRequest['headers'];

/** The part of a request that decides on its links. */
export type LinkedRequest = Pick<FastifyRequest, 'headers' | 'access'> & {
  readonly socket: Pick<FastifyRequest['socket'], 'remoteAddress'>;
};

export class DocumentLinker {
  constructor(private readonly config: Pick<Config, 'publicUrl' | 'trustProxy'>) {}

  /** Throws an {@link HttpProblem} for a request without a usable Host header, unless `PUBLIC_URL` is set. */
  linksFor(request: LinkedRequest, keyForm?: KeyForm): DocumentLinks {
    return withKey(this.baseUrlFor(request), request.access, keyForm);
  }

  /** The base URL without an API key. Throws as {@link linksFor}. */
  baseUrlFor({ headers, socket }: LinkedRequest): string {
    const { publicUrl, trustProxy } = this.config;
    return publicUrl ?? baseOf(headers, trustProxy.trusts(socket.remoteAddress, 0));
  }
}

/** The URL of `path`, such as `/xyz/...` or `/wmts?SERVICE=WMTS`, with the key. */
export function linkTo({ base, query }: DocumentLinks, path: string): string {
  return `${base}${path}${query && `${path.includes('?') ? '&' : '?'}${query}`}`;
}

/** In the form of the request, unless `keyForm` is set. */
function withKey(base: string, access: Access | null, keyForm: KeyForm | undefined): DocumentLinks {
  const repeat = access?.repeat;
  if (!repeat) return { base, query: '' };
  const parameter = keyForm ? keyForm.parameter : repeat.form === 'path' ? undefined : repeat.parameter;
  return parameter === undefined
    ? { base: `${base}/k/${repeat.key}`, query: '' }
    : { base, query: `${parameter}=${repeat.key}` };
}

const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

function baseOf(headers: Headers, behindProxy: boolean): string {
  const { proto, host, prefix } = behindProxy ? forwardedOf(headers) : {};
  const authority = host ?? headers.host;
  if (authority === undefined || !isHost(authority))
    throw new HttpProblem(
      400,
      'The Host header is missing or malformed; set PUBLIC_URL if a proxy changes it.',
    );
  return `${proto ?? 'http'}://${authority}${prefix ?? ''}`;
}

function isHost(text: string): boolean {
  return HOST.test(text) && URL.canParse(`http://${text}`);
}

/** Characters of a header that is parsed; a longer one counts as malformed. */
const MAX_FORWARDED = 1024;
/** Characters; a document repeats the prefix a thousand times. */
const MAX_PREFIX = 256;

interface Forwarded {
  readonly host?: string | undefined;
  readonly proto?: string | undefined;
  readonly prefix?: string | undefined;
}

/**
 * `Forwarded` (RFC 7239) first, then X-Forwarded-* and its variants; of several values the first, from the proxy nearest to
 * the client. A malformed value counts as absent.
 */
function forwardedOf(headers: Headers): Forwarded {
  const first = (name: string) => {
    const value = String(headers[name] ?? '');
    return value.length > MAX_FORWARDED ? undefined : value.split(',', 1)[0]!.trim() || undefined;
  };
  const pair = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*"?([^";]*)"?`, 'i').exec(first('forwarded') ?? '')?.[1];
  const isOn = (name: string) => first(name)?.toLowerCase() === 'on';
  const proto = [pair('proto'), first('x-forwarded-proto'), first('x-forwarded-scheme')]
    .map((value) => value?.toLowerCase())
    .concat(isOn('x-forwarded-ssl') || isOn('front-end-https') ? 'https' : undefined)
    .find((value) => value === 'https' || value === 'http');
  const port = first('x-forwarded-port');
  const host = [
    pair('host'),
    // X-Original-Host is that of Azure Application Gateway. A proxy may also keep Host, but without its port.
    ...[first('x-forwarded-host'), first('x-original-host'), headers.host].map((name) =>
      withPort(name, port),
    ),
  ].find((value) => value !== undefined && isHost(value));
  const prefix = first('x-forwarded-prefix')?.replace(/\/+$/, '');
  return {
    host,
    proto,
    prefix:
      prefix !== undefined && prefix.length <= MAX_PREFIX && /^(?:\/[A-Za-z0-9._~-]+)*$/.test(prefix)
        ? prefix
        : undefined,
  };
}

/** `host` with the port of X-Forwarded-Port, unless it has one: the client wrote that, and the proxy may know another. */
function withPort(host: string | undefined, port: string | undefined): string | undefined {
  if (host === undefined || port === undefined || /:\d+$/.test(host)) return host;
  // The default port of the other scheme is that of a proxy behind the one that terminates TLS.
  if (port === '80' || port === '443') return host;
  return isHost(`${host}:${port}`) && Number(port) > 0 ? `${host}:${port}` : host;
}
