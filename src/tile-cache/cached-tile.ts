import { hash } from 'node:crypto';
import type { TileSource } from '../catalog/index.js';

/** A cached tile. Everything that a response needs is computed once, when the tile arrives from the upstream. */
export interface CachedTile {
  /** A complete PNG; undefined for an empty tile. */
  readonly body: Buffer | undefined;
  /** {@link etagOf} `body`. */
  readonly etag: string;
  readonly lastModified: string | undefined;
  readonly source: TileSource;
  /** ETag of the upstream, for revalidation. */
  readonly upstreamEtag: string | undefined;
  /** Milliseconds since the epoch until which the tile is served without revalidation. */
  readonly freshUntil: number;
  /** After an upstream failure: time on the monotonic clock until which the stale tile is served without a new attempt. */
  readonly retryAt?: number;
}

/** Strong ETag of a tile, with the quotes of the header. */
export function etagOf(body: Buffer | undefined): string {
  return body ? `"${hash('sha1', body, 'base64url')}"` : '"empty"';
}
