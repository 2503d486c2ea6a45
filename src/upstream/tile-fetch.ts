/** One upstream request for one tile, and the classification of its response. */
import type { Dispatcher } from 'undici';
import type { TileSize } from '../catalog/index.js';
import { connectionCode } from '../common/net/connection-problem.js';
import { retryAfterSeconds } from '../common/net/retry-after.js';
import { USER_AGENT } from '../common/net/user-agent.js';
import { pngProblem } from '../common/png/png-problem.js';
import { UpstreamError, type UpstreamErrorKind } from './upstream-error.js';

export interface TileRequest {
  readonly origin: string;
  readonly path: string;
  readonly size: TileSize;
  /** Value of the `Cookie` header; absent for anonymous tiles. */
  readonly cookie?: string | undefined;
  /** The upstream's ETag of the cached tile. */
  readonly etag?: string | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export type TileResponse =
  | {
      readonly kind: 'tile';
      readonly body: Buffer;
      readonly etag?: string | undefined;
      readonly lastModified?: string | undefined;
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not_modified' };

/**
 * Largest tile body; real tiles of 1024 px are far smaller. The dispatcher enforces it, so an oversized body fails as a
 * connection error.
 */
export const MAX_TILE_BYTES = 4 * 1024 * 1024;

/** Throws an {@link UpstreamError} for everything but a complete tile, no heat (404) and 304. Calls `onStatus` with the status. */
export async function fetchTile(
  dispatcher: Dispatcher,
  request: TileRequest,
  onStatus: (status: number) => void,
): Promise<TileResponse> {
  const headers: Record<string, string> = { accept: 'image/png', 'user-agent': USER_AGENT };
  if (request.cookie !== undefined) headers.cookie = request.cookie;
  if (request.etag !== undefined) headers['if-none-match'] = request.etag;
  try {
    const response = await dispatcher.request({
      origin: request.origin,
      path: request.path,
      method: 'GET',
      headers,
      signal: request.signal,
    });
    onStatus(response.statusCode);
    if (response.statusCode === 200) return await readTile(response, request.size);
    await response.body.dump({ limit: 64 * 1024, signal: request.signal });
    return classify(response, request);
  } catch (error) {
    throw asUpstreamError(error, request.signal);
  }
}

async function readTile({ headers, body }: Dispatcher.ResponseData, size: TileSize): Promise<TileResponse> {
  if (mediaType(headers) !== 'image/png') {
    // The body may be endless: destroy it instead of reading it.
    body.on('error', () => undefined).destroy();
    throw badResponse('The upstream responded with something other than a PNG.');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
  }
  // Copied into a buffer of exactly this size: a slice of a pool would keep the whole pool alive in the cache.
  const tile = Buffer.allocUnsafeSlow(length);
  let offset = 0;
  for (const chunk of chunks) offset += chunk.copy(tile, offset);
  const problem = pngProblem(tile, size);
  if (problem) throw badResponse(`The upstream's tile ${problem}.`);
  return {
    kind: 'tile',
    body: tile,
    etag: headerText(headers.etag),
    lastModified: headerText(headers['last-modified']),
  };
}

function mediaType(headers: Dispatcher.ResponseData['headers']): string {
  return String(headers['content-type'] ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

function badResponse(detail: string): UpstreamError {
  return new UpstreamError('bad_response', detail, undefined, 200);
}

function classify({ statusCode, headers }: Dispatcher.ResponseData, request: TileRequest): TileResponse {
  if (statusCode === 404) return { kind: 'empty' };
  if (statusCode === 304 && request.etag !== undefined) return { kind: 'not_modified' };
  const fail = (kind: UpstreamErrorKind, detail: string, wait?: number) =>
    new UpstreamError(kind, detail, wait, statusCode);
  if (statusCode === 400) throw fail('unknown_sport', 'The upstream does not know this sport.');
  if (statusCode === 401 || statusCode === 403) {
    if (request.cookie !== undefined)
      throw fail('refused', 'The upstream refuses this tile, even with fresh cookies.');
    // A zoom level that needs cookies. A refusal of the host itself has a body of another type, such as XML or HTML.
    if (statusCode === 403 && mediaType(headers) === 'text/plain')
      throw fail('needs_cookies', 'The upstream has no anonymous tiles at this zoom level.');
    throw fail('refused', 'The upstream refuses this anonymous tile.');
  }
  const wait = retryAfterSeconds(headerText(headers['retry-after']), request.now());
  if (statusCode === 429 || (statusCode === 503 && wait !== undefined))
    throw fail('throttled', 'The upstream asks for fewer requests.', wait);
  throw fail('server_error', `The upstream responded with status ${statusCode}.`);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value) ? value : undefined;
}

function asUpstreamError(error: unknown, signal: AbortSignal): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (signal.reason instanceof UpstreamError) return signal.reason;
  const code = connectionCode(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new UpstreamError('bad_response', "The upstream's tile is too large.");
  const detail = `The upstream is unreachable (${code ?? 'unknown'}).`;
  return new UpstreamError('connection', detail, undefined, undefined, code);
}
