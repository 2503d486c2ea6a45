/** What a request carries from hook to hook, and what a route says of itself: the only extension of Fastify's types. */
import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from './access/index.js';
import type { TileOutcome } from './catalog/index.js';

/** The tile that a request asks for, and where the response came from. */
export interface RequestedTile {
  readonly layer: string;
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  /** Undefined when the request was refused or its client has disconnected. */
  outcome?: TileOutcome | undefined;
  /** Status of the upstream's response, if this request waited for one. */
  upstreamStatus?: number | undefined;
}

/** What a rate limit counts; the prefix keeps an IP address and a key of the same text apart. */
export type LimitSubject = `${'address' | 'key' | 'admin'}:${string}`;

/** The client's IP address; for IPv6 its /64, because one client has a whole /64. */
export function addressSubject(kind: 'address' | 'admin', { ip }: Pick<FastifyRequest, 'ip'>): LimitSubject {
  // A disconnected client has no address, and a trusted proxy may forward any text.
  return `${kind}:${isIP(ip) === 0 ? 'unknown' : normalizeIP(ip)}`;
}

/** Whose request it is: of an API key, or of an address without one. */
export function subjectOf(request: Pick<FastifyRequest, 'access' | 'ip'>): LimitSubject {
  return request.access ? `key:${request.access.keyId}` : addressSubject('address', request);
}

/** Needs no API key. Every route without this flag needs one, unless the gateway runs in open mode. */
export const PUBLIC = { public: true } as const;
/** Needs the admin key, and no API key. */
export const ADMIN = { admin: true, public: true } as const;
/** Belongs on the management port, if there is one. */
export const MANAGEMENT = { management: true } as const;
/** Errors are OWS exception reports. */
export const OWS_ERRORS = { errors: 'ows' } as const;
/** Errors are OWS exception reports for clients that prefer XML to JSON, and JSON problems for others. */
export const OWS_ERRORS_IF_PREFERRED = { errors: 'ows-if-preferred' } as const;

/** Errors are JSON problems, but a browser without a valid API key gets the key form. */
export const PAGE_ERRORS = { errors: 'page' } as const;

/** Error format of a route; a route without one sends JSON problems. */
export type ErrorFormat = (typeof OWS_ERRORS | typeof OWS_ERRORS_IF_PREFERRED | typeof PAGE_ERRORS)['errors'];

declare module 'fastify' {
  interface FastifyContextConfig {
    public?: true;
    admin?: true;
    management?: true;
    errors?: ErrorFormat;
  }

  interface FastifyRequest {
    /** Set by the key check; null in open mode and on public routes. */
    access: Access | null;
    /** Null when the request is not for a tile, or the tile does not exist. */
    tile: RequestedTile | null;
    /** Detail of the problem that was sent; null for any other response. */
    problem: string | null;
  }
}

/** Gives every request these fields from the start, so that all requests share one shape. */
export function decorateRequests(fastify: FastifyInstance): void {
  fastify.decorateRequest('access', null);
  fastify.decorateRequest('tile', null);
  fastify.decorateRequest('problem', null);
}
