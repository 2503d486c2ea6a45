import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { Metrics } from '../metrics/index.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';

/** What an entry costs beside its picture: key, record and the cache's own books, as measured and rounded up. */
const OVERHEAD_BYTES = 1024;

/** The last tiles used, bounded by bytes. A tile stays for `staleMs` after it ceased to be fresh. */
export class MemoryTileCache implements TileCache {
  readonly name = 'memory';
  private readonly tiles: LRUCache<string, CachedTile> | undefined;

  /** `maxBytes` 0 holds nothing. */
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
