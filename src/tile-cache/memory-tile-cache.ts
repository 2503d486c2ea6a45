import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { Metrics } from '../metrics/index.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';

/** Memory per entry in addition to the PNG: key, record and index of the cache; measured and rounded up. */
const OVERHEAD_BYTES = 1024;

/** LRU cache of tiles, limited by bytes. A tile is kept for `staleMs` after it became stale. */
export class MemoryTileCache implements TileCache {
  readonly name = 'memory';
  private readonly tiles: LRUCache<string, CachedTile> | undefined;

  /** `maxBytes` 0 disables the cache. */
  constructor(
    maxBytes: number,
    private readonly staleMs: number,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    if (maxBytes === 0) return;
    const tiles = new LRUCache<string, CachedTile>({
      maxSize: maxBytes,
      sizeCalculation: (tile) => (tile.body?.length ?? 0) + OVERHEAD_BYTES,
      dispose: (_tile, _key, reason) => {
        if (reason === 'evict') metrics.cacheEvictions.inc();
      },
    });
    this.tiles = tiles;
    metrics.watchCache(() => ({ bytes: tiles.calculatedSize, entries: tiles.size, limit: maxBytes }));
  }

  get(key: string): CachedTile | undefined {
    const tile = this.tiles?.get(key);
    if (!tile || this.clock.now() < tile.freshUntil + this.staleMs) return tile;
    this.tiles?.delete(key);
    return undefined;
  }

  set(key: string, tile: CachedTile): void {
    this.tiles?.set(key, tile);
  }
}
