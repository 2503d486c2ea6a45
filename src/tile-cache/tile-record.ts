/** Serialized form of a tile for the secondary caches: one line of JSON, then the PNG. Pure. */
import { z } from 'zod';
import { TILE_SOURCES } from '../catalog/index.js';
import { parseJson } from '../common/json/parse-json.js';
import { pngProblem } from '../common/png/png-problem.js';
import { etagOf, type CachedTile } from './cached-tile.js';

/** A record with the largest tile that the upstream may send. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024 + 4096;

/** Of a header value that the gateway sends; a line break in it would fail the response. */
const HEADER_VALUE = /^[\x20-\x7e]{1,256}$/;

const HEAD = z.object({
  key: z.string(),
  length: z.int().optional(),
  etag: z.string(),
  lastModified: z.string().regex(HEADER_VALUE).optional(),
  source: z.enum(TILE_SOURCES),
  upstreamEtag: z.string().regex(HEADER_VALUE).optional(),
  freshUntil: z.number(),
});

const LINE_END = 0x0a;

export function writeTile(key: string, { body, retryAt: _local, ...tile }: CachedTile): Buffer {
  const head: z.output<typeof HEAD> = { key, ...tile, length: body?.length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body ?? Buffer.alloc(0)]);
}

/**
 * Undefined if the bytes are not a complete record for this key, as another program or a failing disk may have written them.
 * The tile is fresh until `maxFreshUntil` at the latest, whatever the record says.
 */
export function readTile(key: string, bytes: Buffer, maxFreshUntil: number): CachedTile | undefined {
  const end = bytes.indexOf(LINE_END);
  const head = HEAD.safeParse(parseJson(bytes.toString('utf8', 0, Math.max(end, 0))));
  if (!head.success || head.data.key !== key) return undefined;
  const { length, etag, lastModified, source, upstreamEtag, freshUntil } = head.data;
  if (bytes.length !== end + 1 + (length ?? 0)) return undefined;
  const body = length === undefined ? undefined : copyOf(bytes, end + 1);
  if (body && pngProblem(body) !== undefined) return undefined;
  if (etag !== etagOf(body)) return undefined;
  return {
    body,
    etag,
    lastModified,
    source,
    upstreamEtag,
    freshUntil: Math.min(freshUntil, maxFreshUntil),
  };
}

/** Copy of the bytes from `start`. A slice would keep the whole record alive in the memory cache. */
function copyOf(bytes: Buffer, start: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length - start);
  bytes.copy(copy, 0, start);
  return copy;
}
