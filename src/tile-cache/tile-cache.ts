import type { CachedTile } from './cached-tile.js';

/** A tile cache. A cache never rejects: a failure counts as a cache miss, and the tile comes from the next source. */
export interface TileCache {
  readonly name: 'memory' | 'disk' | 'redis';
  /** Fresh or stale; undefined when the cache has no tile, or one past the stale limit. */
  get(key: string): CachedTile | undefined | Promise<CachedTile | undefined>;
  set(key: string, tile: CachedTile): void | Promise<void>;
}
