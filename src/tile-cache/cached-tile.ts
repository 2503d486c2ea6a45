import type { TileSource } from '../catalog/index.js';

/** A tile as it is held and served: everything that an answer needs was computed when it came in. */
export interface CachedTile {
  /** A whole PNG, or undefined where there is no heat. */
  readonly body: Buffer | undefined;
  /** Strong validator of `body`, quoted as in the header. */
  readonly etag: string;
  readonly lastModified: string | undefined;
  readonly source: TileSource;
  /** The upstream's own validator, for revalidation. */
  readonly upstreamEtag: string | undefined;
  /** Milliseconds since the epoch until which it is served unasked. */
  readonly freshUntil: number;
  /** A stale tile is served unasked until then, since the upstream has just failed. */
  readonly retryAt?: number;
}
