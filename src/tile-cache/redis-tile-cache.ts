import type { Clock } from '../common/clock.js';
import type { RedisConnection } from '../redis/index.js';
import type { CacheRules } from './cache-rules.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';
import { MAX_RECORD_BYTES, readTile, writeTile } from './tile-record.js';

const PREFIX = 'heatmap:tile:';

/** Tile cache shared by all replicas. Redis evicts by its own memory limit; each tile expires when its stale time ends. */
export class RedisTileCache implements TileCache {
  readonly name = 'redis';

  constructor(
    private readonly redis: RedisConnection,
    private readonly rules: CacheRules,
    private readonly clock: Clock,
  ) {}

  async get(key: string): Promise<CachedTile | undefined> {
    if (!this.redis.available) return undefined;
    const name = this.nameOf(key);
    try {
      const bytes = await this.redis.read('tile_read', name, MAX_RECORD_BYTES);
      if (!bytes) return undefined;
      const tile = readTile(name, bytes, this.clock.now() + this.rules.ttlMs);
      if (!tile) this.redis.operations.foundInvalidRecord('tile_read');
      return tile && this.remaining(tile) > 0 ? tile : undefined;
    } catch {
      return undefined;
    }
  }

  async set(key: string, tile: CachedTile): Promise<void> {
    const ms = this.remaining(tile);
    if (ms <= 0 || !this.redis.available) return;
    const name = this.nameOf(key);
    await this.redis
      .run('tile_write', (client) => client.set(name, writeTile(name, tile), 'PX', ms))
      .catch(() => undefined);
  }

  private nameOf(key: string): string {
    return `${PREFIX}${this.rules.upstream}/${key}`;
  }

  private remaining({ freshUntil }: CachedTile): number {
    return Math.ceil(freshUntil + this.rules.staleMs - this.clock.now());
  }
}
