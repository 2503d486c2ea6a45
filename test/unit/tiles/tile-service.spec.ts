import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { tileAddress, type TileSize } from '../../../src/catalog/index.js';
import type { CookieStateName, CookieStatus, VersionedCookies } from '../../../src/cookie-store/index.js';
import { Metrics } from '../../../src/metrics/index.js';
import { MemoryTileCache, type CachedTile, type TileCache } from '../../../src/tile-cache/index.js';
import { TileError, TileService, type ServedTile } from '../../../src/tiles/index.js';
import { UpstreamError } from '../../../src/upstream/index.js';
import { FakeUpstream, tileOf } from '../../support/doubles/fake-upstream.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { eventually } from '../../support/eventually.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const TTL = 24 * HOUR;
const STALE = 7 * 24 * HOUR;
const metrics = new Metrics('test');

let upstream: FakeUpstream;
let clock: StoppedClock;
let log: MemoryLog;
let service: TileService;
let state: CookieStateName;

interface Deployment {
  readonly ttlMs?: number;
  readonly cacheBytes?: number;
  readonly redirectAnonymous?: boolean;
  readonly secondaryCaches?: readonly TileCache[];
}

function serviceOf({
  ttlMs = TTL,
  cacheBytes = 1_000_000,
  redirectAnonymous = false,
  secondaryCaches = [],
}: Deployment = {}) {
  return new TileService({
    upstream,
    cache: new MemoryTileCache(cacheBytes, STALE, clock, metrics),
    secondaryCaches,
    cookies: {
      status: () => ({ state }) as CookieStatus,
      current: () => (state === 'valid' ? ({ generation: 1 } as VersionedCookies) : undefined),
    },
    clock,
    log,
    metrics,
    ttlMs,
    redirectAnonymous,
  });
}

beforeEach(() => {
  upstream = new FakeUpstream();
  clock = new StoppedClock();
  log = new MemoryLog();
  state = 'valid';
  service = serviceOf();
});

const at = (x: number, size: TileSize = 256) => tileAddress('all-hot', 'all', 'hot', 11, x, 717, size);
const address = at(1072);
const patience = new AbortController().signal;
const get = (signal = patience) => service.get(address, { subject: 'key:alice', signal });
/** Outcome and content. */
const seen = ({ tile, outcome }: ServedTile) => `${outcome} ${tile.body?.toString() ?? '-'}`;
const held = () => {
  const served = service.held(address);
  return served && seen(served);
};
const failure = new UpstreamError('server_error', 'The upstream responded with status 500.', 9, 500);
const tileError = new TileError('server_error', failure.detail, 9, 500);

/** Lets `text` be held, as of now. */
async function hold(text: string, rest: Parameters<typeof tileOf>[1] = {}): Promise<void> {
  const got = get();
  upstream.last.answer(tileOf(text, rest));
  await got;
}

describe('a tile', () => {
  it('is fetched once for all who ask while it is under way, and each is told how it came', async () => {
    const all = [get(), get(), get()];
    upstream.last.answer(tileOf('picture'));
    expect((await Promise.all(all)).map(seen)).toEqual([
      'miss picture',
      'coalesced picture',
      'coalesced picture',
    ]);
    expect(upstream.asked).toHaveLength(1);
  });

  it('is another one at another place or in another size', () => {
    for (const other of [address, at(1073), at(1072, 512)])
      void service.get(other, { subject: 'key:alice', signal: patience }).catch(() => 0);
    expect(upstream.asked.map((asked) => asked.address)).toEqual([address, at(1073), at(1072, 512)]);
  });

  it('is held until its time is over, and not a moment longer', async () => {
    expect(held()).toBeUndefined();
    await hold('picture');
    clock.advance(TTL - 1);
    expect(held()).toBe('hit picture');
    expect(seen(await get())).toBe('hit picture');
    clock.advance(1);
    expect(held()).toBeUndefined();
    expect(upstream.asked).toHaveLength(1);
  });

  it('fails for all who wait, and the failure is not kept', async () => {
    const all = [get(), get()];
    upstream.last.fail(failure);
    expect(await Promise.allSettled(all)).toEqual([
      { status: 'rejected', reason: tileError },
      { status: 'rejected', reason: tileError },
    ]);
    expect(held()).toBeUndefined();
    await hold('picture');
    expect(held()).toBe('hit picture');
  });

  it('has a strong validator that depends on its bytes alone', async () => {
    const etags = new Set<string>();
    for (const text of ['one', 'two', 'one']) {
      await hold(text, { etag: `"${etags.size}"` });
      etags.add(service.held(address)!.tile.etag);
      clock.advance(TTL);
    }
    expect(etags.size).toBe(2);
    for (const etag of etags) expect(etag).toMatch(/^"[\w-]+"$/);
  });

  it.each([
    ['Mon, 01 Jun 2026 12:00:00 GMT', 'Mon, 01 Jun 2026 12:00:00 GMT'],
    ['2026-06-01T12:00:00Z', 'Mon, 01 Jun 2026 12:00:00 GMT'],
    ['Monday, 01-Jun-26 12:00:00 GMT', 'Mon, 01 Jun 2026 12:00:00 GMT'],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('that was last modified %s says so in the form of HTTP, or not at all', async (text, expected) => {
    await hold('picture', text === undefined ? {} : { lastModified: text });
    expect(service.held(address)!.tile.lastModified).toBe(expected);
  });

  it('from the anonymous host says so', async () => {
    const got = get();
    upstream.last.answer(tileOf('picture', { source: 'anonymous' }));
    expect(seen(await got)).toBe('anonymous picture');
  });
});

describe('a tile without heat', () => {
  const empty = async () => {
    const all = [get(), get()];
    upstream.last.answer({ kind: 'empty', source: 'authenticated' });
    return (await Promise.all(all)).map(seen);
  };

  it('is a value, for all who wait, and is asked for again within the hour', async () => {
    expect(await empty()).toEqual(['empty -', 'empty -']);
    clock.advance(HOUR - 1);
    expect(held()).toBe('empty -');
    clock.advance(1);
    expect(held()).toBeUndefined();
  });

  it('is not kept longer than others where these are kept shorter than an hour', async () => {
    service = serviceOf({ ttlMs: 60 * SECOND });
    await empty();
    clock.advance(60 * SECOND);
    expect(held()).toBeUndefined();
  });

  it('replaces a picture that was there, and gives way to one that comes', async () => {
    await hold('picture');
    clock.advance(TTL);
    await empty();
    expect(held()).toBe('empty -');
    clock.advance(HOUR);
    await hold('heat');
    expect(held()).toBe('hit heat');
  });
});

describe('a client that leaves', () => {
  it('keeps the flight while another client waits', async () => {
    const impatient = new AbortController();
    void get(impatient.signal).catch(() => 0);
    const patient = get();
    impatient.abort();
    expect(upstream.last.signal.aborted).toBe(false);
    upstream.last.answer(tileOf('picture'));
    expect(seen(await patient)).toBe('coalesced picture');
  });

  it('ends the request upstream when it was the last', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const both = [get(first.signal), get(second.signal)];
    first.abort();
    second.abort();
    expect(upstream.last.signal.aborted).toBe(true);
    const reasons = (await Promise.allSettled(both)).map(
      (result) => result.status === 'rejected' && result.reason,
    );
    expect(reasons).toEqual([
      expect.objectContaining({ kind: 'cancelled' }),
      expect.objectContaining({ kind: 'cancelled' }),
    ]);
    expect(held()).toBeUndefined();
  });

  it('leaves nothing behind for the next request, even at the same moment', async () => {
    const impatient = new AbortController();
    const left = get(impatient.signal).catch(() => 'left');
    impatient.abort();
    const next = get();
    expect(upstream.asked).toHaveLength(2);
    expect(await left).toBe('left');
    // The end of the old flight must not make the new one invisible.
    const third = get();
    expect(upstream.asked).toHaveLength(2);
    upstream.last.answer(tileOf('picture'));
    expect([seen(await next), seen(await third)]).toEqual(['miss picture', 'coalesced picture']);
  });

  it('counts once, even when its connection ends after the answer', async () => {
    const done = new AbortController();
    const first = get(done.signal);
    upstream.last.answer(tileOf('picture'));
    await first;
    expect(getEventListeners(done.signal, 'abort')).toEqual([]);
    clock.advance(TTL);
    const next = get();
    done.abort();
    expect(upstream.last.signal.aborted).toBe(false);
    upstream.last.answer(tileOf('new'));
    expect(seen(await next)).toBe('miss new');
  });

  it('before its request is handled causes no upstream request', async () => {
    await expect(get(AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    expect(upstream.asked).toEqual([]);
  });

  describe('while a cache is read', () => {
    let reads: { cache: string; end(tile?: CachedTile): void }[];

    const cacheOf = (name: 'disk' | 'redis'): TileCache => ({
      name,
      get: () => new Promise((resolve) => reads.push({ cache: name, end: resolve })),
      set: () => undefined,
    });

    beforeEach(() => {
      reads = [];
      service = serviceOf({ secondaryCaches: [cacheOf('disk'), cacheOf('redis')] });
    });

    it('causes no upstream request, and no further cache is read', async () => {
      const clients = Array.from({ length: 60 }, (_, x) => {
        const gone = new AbortController();
        const tile = service.get(at(x), { subject: 'key:alice', signal: gone.signal });
        return { gone, tile };
      });
      for (const { gone } of clients) gone.abort();
      for (const read of reads) read.end();
      const outcomes = await Promise.allSettled(clients.map(({ tile }) => tile));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(60);
      expect(reads.map(({ cache }) => cache)).toEqual(Array(60).fill('disk'));
      expect(upstream.asked).toEqual([]);
    });

    it('ends its wait for the last cache without an upstream request', async () => {
      const gone = new AbortController();
      const left = get(gone.signal);
      reads[0]!.end();
      await eventually(() => reads.length === 2);
      gone.abort();
      reads[1]!.end();
      await expect(left).rejects.toMatchObject({ kind: 'cancelled' });
      expect(upstream.asked).toEqual([]);
    });

    it('leaves the tile to another client that waits for it', async () => {
      const gone = new AbortController();
      const left = get(gone.signal);
      const patient = get();
      gone.abort();
      for (const cache of ['disk', 'redis']) {
        await eventually(() => reads.at(-1)!.cache === cache);
        reads.at(-1)!.end();
      }
      await eventually(() => upstream.asked.length === 1);
      upstream.last.answer(tileOf('picture'));
      expect(seen(await patient)).toBe('coalesced picture');
      await left;
    });
  });

  it('of one subject leaves the turns of the other subjects', async () => {
    const gone = new AbortController();
    const both = [
      service.get(address, { subject: 'key:alice', signal: gone.signal }),
      service.get(address, { subject: 'key:bob', signal: patience }),
    ];
    expect([...upstream.last.waiters.subjects]).toEqual(['key:alice', 'key:bob']);
    gone.abort();
    expect([...upstream.last.waiters.subjects]).toEqual(['key:bob']);
    upstream.last.answer(tileOf('picture'));
    await Promise.all(both);
  });

  it('while a stale tile is asked about says nothing of the upstream: the next one asks again', async () => {
    await hold('old');
    clock.advance(TTL);
    const impatient = new AbortController();
    const left = get(impatient.signal).catch(() => 'left');
    impatient.abort();
    await left;
    expect(log.lines).toEqual([]);
    const next = get();
    upstream.last.answer(tileOf('new'));
    expect(seen(await next)).toBe('miss new');
  });
});

describe('a stale tile', () => {
  beforeEach(async () => {
    await hold('old', { etag: '"upstream"' });
    clock.advance(TTL);
  });

  it('is asked about with the validator and the source that it came with', async () => {
    const got = get();
    expect(upstream.last.held).toEqual({ source: 'authenticated', etag: '"upstream"', hasHeat: true });
    upstream.last.answer(tileOf('new'));
    expect(seen(await got)).toBe('miss new');
    expect(held()).toBe('hit new');
  });

  it('is served when the upstream fails, to all who wait, and a person is told why', async () => {
    const all = [get(), get()];
    upstream.last.fail(failure);
    expect((await Promise.all(all)).map(seen)).toEqual(['stale old', 'stale old']);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { tile: address.key, kind: 'server_error', problem: failure.detail },
        message: expect.stringContaining('stale'),
      },
    ]);
  });

  it('is served at once for half a minute after a failure, and then asked about again', async () => {
    const got = get();
    upstream.last.fail(failure);
    await got;
    clock.advance(30 * SECOND - 1);
    expect(held()).toBe('stale old');
    expect(seen(await get())).toBe('stale old');
    expect(upstream.asked).toHaveLength(2);
    clock.advance(1);
    expect(held()).toBeUndefined();
    void get().catch(() => 0);
    expect(upstream.asked).toHaveLength(3);
    expect(upstream.last.held).toEqual({ source: 'authenticated', etag: '"upstream"', hasHeat: true });
  });

  it('is not replaced by the empty tile of an upstream that has no tile at all', async () => {
    const got = get();
    upstream.last.answer({ kind: 'empty', source: 'authenticated', doubtful: true });
    expect(await got).toMatchObject({ outcome: 'stale', upstreamStatus: 404 });
    expect(held()).toBe('stale old');
    clock.advance(30 * SECOND);
    const later = get();
    upstream.last.answer(tileOf('new'));
    expect(seen(await later)).toBe('miss new');
  });

  it('is replaced by an empty tile', async () => {
    const got = get();
    upstream.last.answer({ kind: 'empty', source: 'authenticated' });
    expect((await got).outcome).toBe('empty');
  });

  it('that has not changed is fresh again for its whole time', async () => {
    const before = (await failed()).tile;
    clock.advance(30 * SECOND);
    const got = get();
    upstream.last.answer({ kind: 'not_modified', source: 'authenticated' });
    const { tile } = await got;
    expect([tile.body, tile.etag, tile.upstreamEtag]).toEqual([before.body, before.etag, '"upstream"']);
    expect(tile).not.toHaveProperty('retryAt');
    clock.advance(TTL - 1);
    expect(held()).toBe('hit old');
    clock.advance(1);
    expect(held()).toBeUndefined();
  });

  it('is not served for longer than the deployment says, and failures do not lengthen that', async () => {
    for (let day = 0; day < 6; day++) {
      await failed();
      clock.advance(24 * HOUR);
    }
    expect(seen(await failed())).toBe('stale old');
    clock.advance(24 * HOUR);
    const got = get();
    expect(upstream.last.held).toBeUndefined();
    upstream.last.fail(failure);
    await expect(got).rejects.toMatchObject(tileError);
  });

  it('does not hide a fault of the gateway itself', async () => {
    const got = get();
    upstream.last.fail(new TypeError('a bug'));
    await expect(got).rejects.toThrow('a bug');
    expect(held()).toBeUndefined();
  });

  async function failed(): Promise<ServedTile> {
    const got = get();
    upstream.last.fail(failure);
    return got;
  }
});

describe('the service', () => {
  it('says that only the anonymous levels exist when there are no cookies at all, and only then', () => {
    const zoomAvailability = (
      ['anonymous', 'valid', 'session_rejected', 'onboarding', 'upstream_error'] as const
    ).map((now) => {
      state = now;
      return service.zoomAvailability();
    });
    expect(zoomAvailability).toEqual(['anonymous', 'full', 'full', 'full', 'full']);
  });

  it('has cookies only while they are valid', () => {
    const hasCookies = (['valid', 'session_rejected', 'anonymous'] as const).map((now) => {
      state = now;
      return service.hasCookies();
    });
    expect(hasCookies).toEqual([true, false, false]);
  });

  it('sends clients to the anonymous host only where that is wanted, while there are no valid cookies', () => {
    const sent = [true, false].map((redirectAnonymous) => {
      const redirecting = serviceOf({ redirectAnonymous });
      return (['anonymous', 'session_rejected', 'upstream_error', 'valid'] as const).map((now) => {
        state = now;
        return redirecting.redirectFor(address) !== undefined;
      });
    });
    expect(sent).toEqual([
      [true, true, true, false],
      [false, false, false, false],
    ]);
  });

  it('works without a cache: a failure is a failure then', async () => {
    service = serviceOf({ cacheBytes: 0 });
    await hold('picture');
    expect(held()).toBeUndefined();
    const got = get();
    expect(upstream.last.held).toBeUndefined();
    upstream.last.fail(failure);
    await expect(got).rejects.toMatchObject(tileError);
  });
});
