/** A tile as bytes, for caches outside the process: one line of JSON, then the picture. Pure. */
import { z } from 'zod';
import type { CachedTile } from './cached-tile.js';

const HEAD = z.object({
  key: z.string(),
  length: z.int().optional(),
  etag: z.string(),
  lastModified: z.string().optional(),
  source: z.enum(['authenticated', 'anonymous']),
  upstreamEtag: z.string().optional(),
  freshUntil: z.number(),
});

const LINE_END = 0x0a;

export function writeTile(key: string, { body, retryAt: _ours, ...tile }: CachedTile): Buffer {
  const head: z.output<typeof HEAD> = { key, ...tile, length: body?.length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body ?? Buffer.alloc(0)]);
}

/** Undefined when the bytes are no whole tile of that key. */
export function readTile(key: string, bytes: Buffer): CachedTile | undefined {
  const end = bytes.indexOf(LINE_END);
  const head = HEAD.safeParse(jsonOf(bytes.toString('utf8', 0, Math.max(end, 0))));
  if (!head.success || head.data.key !== key) return undefined;
  const { length, etag, lastModified, source, upstreamEtag, freshUntil } = head.data;
  if (bytes.length !== end + 1 + (length ?? 0)) return undefined;
  const body = length === undefined ? undefined : copyOf(bytes, end + 1);
  return { body, etag, lastModified, source, upstreamEtag, freshUntil };
}

/** From `start` on, in memory of its own and of the right size: a slice would keep the whole record alive in the memory cache. */
function copyOf(bytes: Buffer, start: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length - start);
  bytes.copy(copy, 0, start);
  return copy;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
