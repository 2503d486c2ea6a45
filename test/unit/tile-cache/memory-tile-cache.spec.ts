import { beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '../../../src/metrics/index.js';
import { MemoryTileCache, type CachedTile } from '../../../src/tile-cache/index.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { behavesLikeATileCache } from '../../support/contracts/tile-cache-contract.js';

let clock: StoppedClock;
let metrics: Metrics;
beforeEach(() => {
  clock = new StoppedClock();
  metrics = new Metrics('test');
});

const cache = (maxBytes: number, staleMs = 1000) => new MemoryTileCache(maxBytes, staleMs, clock, metrics);
const tile = (bytes: number, freshMs = 1000): CachedTile => ({
  body: Buffer.alloc(bytes),
  etag: '"x"',
  lastModified: undefined,
  source: 'authenticated',
  upstreamEtag: undefined,
  freshUntil: clock.now() + freshMs,
});
const metric = async (name: string) => {
  const [, value] = new RegExp(`^${name} (\\d+)$`, 'm').exec(await metrics.registry.metrics()) ?? [];
  return Number(value);
};

behavesLikeATileCache({
  name: 'memory',
  clock: () => new StoppedClock(),
  empty: (staleMs, own) => new MemoryTileCache(1_000_000, staleMs, own, new Metrics('test')),
});

describe('the memory cache', () => {
  it('returns the tile stored last, fresh or stale, until its stale time ends', () => {
    const tiles = cache(1_000_000);
    tiles.set('a', tile(1));
    const second = tile(2);
    tiles.set('a', second);
    clock.advance(1999);
    expect(tiles.get('a')).toBe(second);
    clock.advance(1);
    expect(tiles.get('a')).toBeUndefined();
    expect(tiles.get('b')).toBeUndefined();
  });

  it('drops a tile whose stale time has ended', async () => {
    const tiles = cache(1_000_000);
    tiles.set('a', tile(5000));
    expect(await metric('heatmap_cache_bytes')).toBeGreaterThan(5000);
    clock.advance(2000);
    tiles.get('a');
    expect([await metric('heatmap_cache_entries'), await metric('heatmap_cache_bytes')]).toEqual([0, 0]);
    expect(await metric('heatmap_cache_evictions_total')).toBe(0);
  });

  it('stays within its size limit, evicts the least recently used tile and counts evictions', async () => {
    const tiles = cache(100_000);
    for (const key of ['a', 'b', 'c']) tiles.set(key, tile(30_000));
    tiles.get('a');
    tiles.set('d', tile(30_000));
    expect(['a', 'b', 'c', 'd'].filter((key) => tiles.get(key))).toEqual(['a', 'c', 'd']);
    expect(await metric('heatmap_cache_evictions_total')).toBe(1);
    expect(await metric('heatmap_cache_bytes')).toBeLessThanOrEqual(100_000);
  });

  it('is limited in number too, since an empty tile takes memory as well', async () => {
    const tiles = cache(100_000);
    for (let i = 0; i < 1000; i++) tiles.set(`${i}`, { ...tile(0), body: undefined });
    expect(await metric('heatmap_cache_entries')).toBeLessThan(200);
    expect(tiles.get('999')).toBeDefined();
  });

  it('does not store a tile that is larger than the cache, and keeps the others', () => {
    const tiles = cache(100_000);
    tiles.set('a', tile(10_000));
    tiles.set('b', tile(200_000));
    expect([tiles.get('a') !== undefined, tiles.get('b')]).toEqual([true, undefined]);
  });

  it('of size 0 stores nothing', () => {
    const tiles = cache(0);
    tiles.set('a', tile(1));
    expect(tiles.get('a')).toBeUndefined();
  });
});
