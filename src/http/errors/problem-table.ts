/** The one table from what can go wrong to a status. Pure. */
import { HttpException } from '@nestjs/common';
import type { Refusal } from '../../catalog/index.js';
import { AccessDenied, type AccessDeniedDetails, type AccessDeniedReason } from '../../access/index.js';
import { TileError } from '../../tiles/index.js';
import { HttpProblem } from './http-problem.js';

const TILE_STATUS: Record<TileError['kind'], number> = {
  timeout: 504,
  connection: 502,
  throttled: 503,
  server_error: 502,
  bad_response: 502,
  refused: 503,
  unknown_sport: 502,
  overloaded: 503,
  needs_cookies: 404,
  session_rejected: 503,
  cookies_unavailable: 503,
  cancelled: 499,
};

const UNKNOWN_KEY = 'The API key is not valid here.';

type DeniedDetail = string | ((details: AccessDeniedDetails) => string);

const DENIED: Record<AccessDeniedReason, readonly [status: number, detail: DeniedDetail]> = {
  missing: [
    401,
    'This gateway needs an API key: ?key=..., X-API-Key, Authorization: Bearer, the password of Basic, or /k/{key}/... .',
  ],
  unknown: [401, UNKNOWN_KEY],
  // In the same words: whoever tries keys must not learn that one of them was good once.
  expired: [401, UNKNOWN_KEY],
  malformed: [401, 'The API key has characters that no key has; keys consist of A-Z, a-z, 0-9, "_" and "-".'],
  ambiguous: [401, 'The request carries more than one API key; send exactly one.'],
  layer: [403, 'The API key does not open this layer.'],
  zoom: [403, 'The API key does not open levels as deep as this.'],
  origin: [403, 'The API key is for the pages of certain web origins only.'],
  admin: [401, 'The admin key is missing or wrong: it goes into Authorization: Bearer.'],
  admin_off: [404, 'There is no admin key, so /admin is off; set ADMIN_KEY to turn it on.'],
  rate_limited: [429, 'Too many requests with this key or from this address; wait as Retry-After says.'],
};

const CHALLENGE =
  'Bearer realm="strava-heatmap-gateway", Basic realm="strava-heatmap-gateway", charset="UTF-8"';

const FRAMEWORK_DETAIL: Record<number, string> = {
  400: 'The request is not well-formed.',
  404: 'There is nothing at this address; the page at / lists the addresses.',
  405: 'This address answers GET, HEAD and OPTIONS only.',
  413: 'The request is too large.',
  414: 'The address is too long.',
  415: 'The request has a body of a type that is not read here.',
};

/** Never throws; what nobody foresaw becomes a 500 that tells nothing, and `expected` is false. */
export function problemFor(error: unknown): { readonly problem: HttpProblem; readonly expected: boolean } {
  if (error instanceof HttpProblem) return { problem: error, expected: true };
  if (error instanceof TileError) {
    const { kind, detail, retryAfterSeconds } = error;
    return { problem: new HttpProblem(TILE_STATUS[kind], detail, { retryAfterSeconds }), expected: true };
  }
  if (error instanceof AccessDenied) {
    const [status, detail] = DENIED[error.reason];
    const { retryAfterSeconds } = error.details;
    const text = typeof detail === 'string' ? detail : detail(error.details);
    const details = status === 401 ? { challenge: CHALLENGE } : { retryAfterSeconds };
    return { problem: new HttpProblem(status, text, details), expected: true };
  }
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : (error as { statusCode?: number } | null | undefined)?.statusCode;
  if (status !== undefined && status >= 400 && status < 500)
    return {
      problem: new HttpProblem(status, FRAMEWORK_DETAIL[status] ?? 'The request cannot be answered.'),
      expected: true,
    };
  return {
    problem: new HttpProblem(500, 'The gateway failed on this request; its log says why.'),
    expected: false,
  };
}

/** A refusal of the catalog, for encodings that carry everything in the path. */
export function problemForRefusal({ kind, detail }: Refusal): HttpProblem {
  return new HttpProblem(kind === 'malformed' ? 400 : 404, detail);
}
