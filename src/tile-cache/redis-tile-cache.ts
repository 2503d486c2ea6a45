import type { Clock } from '../common/clock.js';
import type { RedisConnection } from '../redis/index.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';
import { MAX_TTL_MS, readTile, writeTile } from './tile-record.js';

const PREFIX = 'heatmap:tile:';

/** Tile cache shared by all replicas. Redis evicts by its own memory limit; each tile expires when its stale time ends. */
export class RedisTileCache implements TileCache {
  readonly name = 'redis';

  constructor(
    private readonly redis: RedisConnection,
    private readonly staleMs: number,
    private readonly clock: Clock,
  ) {}

  async get(key: string): Promise<CachedTile | undefined> {
    if (!this.redis.available) return undefined;
    try {
      const bytes = await this.redis.client.getBuffer(PREFIX + key);
      const tile = bytes ? readTile(key, bytes, this.clock.now() + MAX_TTL_MS) : undefined;
      return tile && this.remaining(tile) > 0 ? tile : undefined;
    } catch {
      this.redis.failed();
      return undefined;
    }
  }

  async set(key: string, tile: CachedTile): Promise<void> {
    const ms = this.remaining(tile);
    if (ms <= 0 || !this.redis.available) return;
    try {
      await this.redis.client.set(PREFIX + key, writeTile(key, tile), 'PX', ms);
    } catch {
      this.redis.failed();
    }
  }

  private remaining({ freshUntil }: CachedTile): number {
    return Math.ceil(freshUntil + this.staleMs - this.clock.now());
  }
}
