import { describe, expect, it } from '@jest/globals';
import { etagOf, type CachedTile, type CacheRules, type TileCache } from '../../../src/tile-cache/index.js';
import { chunk } from '../../heat-painting/picture/palette-png.js';
import type { StoppedClock } from '../doubles/stopped-clock.js';

export interface TileCacheKind {
  readonly name: string;
  /** An empty cache that keeps tiles for `staleMs` after they have become stale, by `clock`. */
  readonly empty: (staleMs: number, clock: StoppedClock) => Promise<TileCache> | TileCache;
  readonly clock: () => StoppedClock;
  /** Another cache on the same data, as after a restart or in another replica; undefined without persistence. */
  readonly reopened?: (staleMs: number, clock: StoppedClock, upstream?: string) => Promise<TileCache>;
}

const KEY = 'all-hot/256/3/4/2';

/** The rules of a cache that keeps tiles for `staleMs` after they became stale. */
export function rulesFor(staleMs: number, upstream = 'upstream'): CacheRules {
  return { upstream, ttlMs: 86_400_000, staleMs };
}

/** Bytes of {@link pngOf} in addition to its image data. */
export const PNG_FRAME_BYTES = 57;

/** A PNG of one pixel, as far as a cache checks it: the image data, of one byte or more, is not unpacked. */
export function pngOf(imageData: Buffer): Buffer {
  const header = Buffer.from('00000001000000010800000000', 'hex');
  const parts = [chunk('IHDR', header), chunk('IDAT', imageData), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

/** The contract that every tile cache must meet. */
export function behavesLikeATileCache(kind: TileCacheKind): void {
  const tile = (
    clock: StoppedClock,
    body: Buffer | undefined = pngOf(Buffer.from([0, 10, 255, 13, 0])),
  ): CachedTile => ({
    body,
    etag: etagOf(body),
    lastModified: 'Mon, 01 Jun 2026 00:00:00 GMT',
    source: 'authenticated',
    upstreamEtag: 'W/"upstream"',
    freshUntil: clock.now() + 1000,
  });

  describe(`${kind.name} as a tile cache`, () => {
    it('has no tile that was not stored', async () => {
      const cache = await kind.empty(1000, kind.clock());
      expect(await cache.get(KEY)).toBeUndefined();
    });

    it('gives a stored tile unchanged, with all its fields', async () => {
      const clock = kind.clock();
      const cache = await kind.empty(1000, clock);
      await cache.set(KEY, tile(clock));
      expect(await cache.get(KEY)).toEqual(tile(clock));
      expect(await cache.get(`${KEY}0`)).toBeUndefined();
    });

    it('gives a tile without heat and without validators', async () => {
      const clock = kind.clock();
      const cache = await kind.empty(1000, clock);
      const bare = {
        ...tile(clock),
        body: undefined,
        etag: etagOf(undefined),
        lastModified: undefined,
        upstreamEtag: undefined,
      };
      await cache.set(KEY, bare);
      expect(await cache.get(KEY)).toEqual(bare);
    });

    it('gives the last version that was stored', async () => {
      const clock = kind.clock();
      const cache = await kind.empty(1000, clock);
      await cache.set(KEY, tile(clock));
      const second = pngOf(Buffer.from('second'));
      await cache.set(KEY, tile(clock, second));
      expect((await cache.get(KEY))?.body).toEqual(second);
    });

    it('gives a stale tile until its time is over', async () => {
      const clock = kind.clock();
      const cache = await kind.empty(5000, clock);
      await cache.set(KEY, tile(clock));
      clock.advance(5999);
      expect(await cache.get(KEY)).toBeDefined();
      clock.advance(1);
      expect(await cache.get(KEY)).toBeUndefined();
    });

    it('keeps its own copy of the image, without unused memory', async () => {
      const clock = kind.clock();
      const cache = await kind.empty(1000, clock);
      const body = Buffer.allocUnsafeSlow(100);
      pngOf(Buffer.alloc(100 - PNG_FRAME_BYTES, 7)).copy(body);
      await cache.set(KEY, tile(clock, body));
      const found = (await cache.get(KEY))!.body!;
      expect(found).toEqual(body);
      expect(found.buffer.byteLength).toBe(100);
    });

    const { reopened } = kind;
    if (reopened) {
      it('is shared with a cache that opens the same data', async () => {
        const clock = kind.clock();
        const cache = await kind.empty(60_000, clock);
        await cache.set(KEY, tile(clock));
        expect(await (await reopened(60_000, clock)).get(KEY)).toEqual(tile(clock));
      });

      it('has no tile of another upstream, and has the old ones when the upstream is set back', async () => {
        const clock = kind.clock();
        const cache = await kind.empty(60_000, clock);
        await cache.set(KEY, tile(clock));
        const other = await reopened(60_000, clock, 'other');
        expect(await other.get(KEY)).toBeUndefined();
        await other.set(KEY, { ...tile(clock), body: undefined, etag: etagOf(undefined) });
        expect(await (await reopened(60_000, clock)).get(KEY)).toEqual(tile(clock));
      });

      it('has a tile that is fresh for the time of the settings at most', async () => {
        const clock = kind.clock();
        const cache = await kind.empty(60_000, clock);
        await cache.set(KEY, { ...tile(clock), freshUntil: clock.now() + 90_000_000 });
        const { freshUntil } = (await (await reopened(60_000, clock)).get(KEY))!;
        expect(freshUntil - clock.now()).toBe(86_400_000);
      });
    }
  });
}
