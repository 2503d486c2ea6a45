import type { CachedTile } from './cached-tile.js';

/** Where tiles are kept. A cache that fails has nothing: it never rejects, and a tile is then fetched. */
export interface TileCache {
  /** Fresh or stale; undefined when there is none, or it is too old even for that. */
  get(key: string): CachedTile | undefined | Promise<CachedTile | undefined>;
  set(key: string, tile: CachedTile): void | Promise<void>;
}
