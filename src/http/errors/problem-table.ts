/** Maps every error to a status and a sentence. Pure. */
import { HttpException } from '@nestjs/common';
import type { Refusal } from '../../catalog/index.js';
import { AccessDenied, type AccessDeniedDetails, type AccessDeniedReason } from '../../access/index.js';
import { quoted } from '../../common/text/quoted.js';
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

const UNKNOWN_KEY = 'The API key is not valid.';

type DeniedDetail = string | ((details: AccessDeniedDetails) => string);

const DENIED: Record<AccessDeniedReason, readonly [status: number, detail: DeniedDetail]> = {
  missing: [
    401,
    'An API key is required. Send it as ?key=... or ?access_token=..., X-API-Key, Authorization: Bearer, the password of Authorization: Basic, or /k/{key}/... .',
  ],
  unknown: [401, UNKNOWN_KEY],
  // The same text: a client must not learn that a guessed key was valid once.
  expired: [401, UNKNOWN_KEY],
  malformed: [401, 'The API key is malformed; a key has 1 to 128 characters of A-Z, a-z, 0-9, "_" and "-".'],
  ambiguous: [401, 'The request has several different API keys; send exactly one.'],
  layer: [403, 'This API key does not grant this layer.'],
  zoom: [403, ({ maxZoom }) => `This API key is limited to zoom ${maxZoom}.`],
  metrics: [
    403,
    'This API key is limited to certain layers or zoom levels; /metrics requires a key without these limits.',
  ],
  origin: [403, 'This API key is limited to certain web origins; the request has another one or none.'],
  host: [
    421,
    ({ host = '' }) =>
      `The request is for the host ${quoted(host)}. Without API keys, a listener on a loopback address accepts only localhost, ` +
      '127.0.0.1, [::1] and the host of PUBLIC_URL. Set PUBLIC_URL to the URL that clients use, and set API_KEYS_FILE if other ' +
      'machines can reach it.',
  ],
  admin: [401, 'The admin key is missing or wrong; send it as Authorization: Bearer.'],
  admin_off: [404, 'No admin key is configured, so /admin is off; set ADMIN_KEY to turn it on.'],
  rate_limited: [
    429,
    'Too many requests with this API key or from this IP address; retry after the seconds in Retry-After.',
  ],
};

const CHALLENGE =
  'Bearer realm="strava-heatmap-gateway", Basic realm="strava-heatmap-gateway", charset="UTF-8"';

const FRAMEWORK_DETAIL: Record<number, string> = {
  400: 'The request is malformed.',
  404: 'There is nothing at this URL; the page at / lists the URLs.',
  405: 'This URL accepts GET, HEAD and OPTIONS only.',
  413: 'The request body is too large.',
  414: 'The request URL is too long.',
  415: 'The media type of the request body is not supported.',
};

/** Never throws. An unknown error maps to an opaque 500, and `expected` is false. */
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
      problem: new HttpProblem(
        status,
        FRAMEWORK_DETAIL[status] ?? 'The gateway cannot process this request.',
      ),
      expected: true,
    };
  return {
    problem: new HttpProblem(500, 'Internal error; the log of the gateway has the cause.'),
    expected: false,
  };
}

/** A refusal of the catalog, for encodings with every parameter in the path. */
export function problemForRefusal({ kind, detail }: Refusal): HttpProblem {
  return new HttpProblem(kind === 'malformed' ? 400 : 404, detail);
}
