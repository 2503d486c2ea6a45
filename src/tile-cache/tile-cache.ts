import type { CachedTile } from './cached-tile.js';

/** Where tiles are kept. A cache that fails has nothing: it never rejects, and a tile is then fetched. */
export interface TileCache {
  readonly name: 'memory' | 'disk' | 'redis';
  /** Why tiles cannot be kept at the moment, where nothing else tells it. */
  readonly problem?: string | undefined;
  /** Fresh or stale; undefined when there is none, or it is too old even for that. */
  get(key: string): CachedTile | undefined | Promise<CachedTile | undefined>;
  set(key: string, tile: CachedTile): void | Promise<void>;
}

/** Token of the caches outside the process, nearest first; asked only for what the memory does not have fresh. */
export const SECONDARY_CACHES = Symbol('secondary tile caches');
