/** Tiles in every encoding: bytes, sizes, validators, cache headers, coalescing and isolation of headers. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { tileWithHeat, tileWithoutHeat } from '../simulator/find-tile.js';
import { eventually } from '../support/eventually.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator({ per: 'suite' });
const { get } = setup;

/** The bytes of the upstream, requested with separate cookies. */
async function upstreamTile(path: string): Promise<Buffer> {
  const cookie = Object.entries(setup.simulator.issueCookies())
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const answer = await request(`${setup.simulator.tilesUrl}${path}`, { headers: { cookie } });
  expect(answer.statusCode).toBe(200);
  return Buffer.from(await answer.body.arrayBuffer());
}

const { z, x, y } = tileWithHeat(12);

describe('a tile', () => {
  beforeAll(async () => {
    await setup.start({ cookies: 'session' });
  });

  it.each([
    ['XYZ 256', `/xyz/all/hot/${z}/${x}/${y}.png`, '.png?px=256&v=20'],
    ['XYZ 512', `/xyz/all/hot/${z}/${x}/${y}@2x.png`, '.png?px=512&v=20'],
    ['XYZ 1024', `/xyz/all/hot/${z}/${x}/${y}@4x.png`, '@2x.png?v=20'],
    [
      'RESTful 256',
      `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/${z}/${y}/${x}.png`,
      '.png?px=256&v=20',
    ],
    ['RESTful 512', `/wmts/1.0.0/all-hot/default/WebMercatorQuadx2/${z}/${y}/${x}.png`, '.png?px=512&v=20'],
    [
      'KVP 256',
      `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${z}&TILEROW=${y}&TILECOL=${x}`,
      '.png?px=256&v=20',
    ],
    [
      'KVP 512 in mixed case, with empty pairs and unknown parameters',
      `/wmts?&&service=wmts&Request=gettile&version=1.0.0&layer=all-hot&style=default&format=image%2Fpng&tilematrixset=WebMercatorQuadx2&tilematrix=${z}&tilerow=${y}&tilecol=${x}&_ts=1`,
      '.png?px=512&v=20',
    ],
    ['TMS 256', `/tms/1.0.0/all-hot/${z}/${x}/${2 ** z - 1 - y}.png`, '.png?px=256&v=20'],
    ['TMS 512', `/tms/1.0.0/all-hot@2x/${z}/${x}/${2 ** z - 1 - y}.png`, '.png?px=512&v=20'],
    ['the upstream form', `/identified/globalheat/all/hot/${z}/${x}/${y}.png?v=3`, '.png?px=512&v=20'],
    ['upstream form, small', `/identified/globalheat/all/hot/${z}/${x}/${y}.png?px=256`, '.png?px=256&v=20'],
    ['upstream form, dense', `/identified/globalheat/all/hot/${z}/${x}/${y}@2x.png`, '@2x.png?v=20'],
    ['worker form', `/global/hot/all/${z}/${x}/${y}.png`, '.png?px=512&v=20'],
    ['worker form, small', `/global/hot/all/${z}/${x}/${y}@small.png`, '.png?px=256&v=20'],
    ['worker form, dense', `/global/hot/all/${z}/${x}/${y}@2x.png`, '@2x.png?v=20'],
  ])('by %s is the upstream tile of the same z, x, y and size', async (_name, path, upstreamSuffix) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const expected = await upstreamTile(`/identified/globalheat/all/hot/${z}/${x}/${y}${upstreamSuffix}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
  });
});

describe('a tile', () => {
  it('is available at the URLs of TileJSON and the TileMap resources', async () => {
    await setup.start({ cookies: 'session', keys: { keys: ['a-key'] } });
    for (const [path, suffix, maxzoom] of [
      ['/tilejson/all/hot.json', '.png?px=256&v=20', 16],
      ['/tilejson/all/hot@2x.json', '.png?px=512&v=20', 15],
    ] as const)
      for (const keyed of [`/k/a-key${path}`, `${path}?key=a-key`]) {
        const document = (await (await get(keyed)).json()) as {
          tilejson: string;
          tiles: string[];
          maxzoom: number;
        };
        expect([document.tilejson, document.maxzoom]).toEqual(['3.0.0', maxzoom]);
        const address = document.tiles[0]!.replace('{z}', `${z}`)
          .replace('{x}', `${x}`)
          .replace('{y}', `${y}`);
        const tile = Buffer.from(await (await fetch(address)).arrayBuffer());
        expect(
          tile.equals(await upstreamTile(`/identified/globalheat/all/hot/${z}/${x}/${y}${suffix}`)),
        ).toBe(true);
      }
    const service = await (await get('/k/a-key/tms/1.0.0/')).text();
    const map = /<TileMap title="All Sports - Hot, 512 px"[^>]* href="([^"]+)"/.exec(service)![1]!;
    const sets = await (await fetch(map)).text();
    expect(sets).toContain('<TileFormat width="512" height="512" mime-type="image/png" extension="png"/>');
    const level = new RegExp(`<TileSet href="([^"]+)" units-per-pixel="([^"]+)" order="${z}"/>`).exec(sets)!;
    expect(Number(level[2])).toBeCloseTo(40075016.6855784 / 512 / 2 ** z, 6);
    const tile = Buffer.from(await (await fetch(`${level[1]}/${x}/${2 ** z - 1 - y}.png`)).arrayBuffer());
    expect(
      tile.equals(await upstreamTile(`/identified/globalheat/all/hot/${z}/${x}/${y}.png?px=512&v=20`)),
    ).toBe(true);
  });

  it('has a strong ETag and supports 304 and HEAD', async () => {
    await setup.start({ cookies: 'full' });
    const path = `/xyz/all/hot/${z}/${x}/${y}.png`;
    const first = await get(path);
    const body = await first.arrayBuffer();
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(first.headers.get('cache-control')).toBe('public, max-age=86400');
    expect(Date.parse(first.headers.get('last-modified')!)).not.toBeNaN();
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(path, { headers: { 'if-none-match': condition } });
      expect(again.status).toBe(304);
      expect(again.headers.get('etag')).toBe(etag);
      expect((await again.arrayBuffer()).byteLength).toBe(0);
    }
    expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const modified = first.headers.get('last-modified')!;
    const since = { 'if-modified-since': modified };
    for (const method of ['GET', 'HEAD'])
      expect((await get(path, { method, headers: since })).status).toBe(304);
    for (const headers of [
      { ...since, 'if-none-match': '"other"' },
      { 'if-modified-since': 'yesterday' },
      { 'if-match': '"other"' },
      { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
      { range: 'bytes=0-9' },
    ] as Record<string, string>[])
      expect([headers, (await get(path, { headers })).status]).toEqual([headers, 200]);
    const head = await get(path, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(body.byteLength));
    expect(setup.simulator.counters.requests.tiles).toBe(1);
  });

  it('is fetched once for 500 concurrent requests', async () => {
    await setup.start({ cookies: 'full' });
    setup.simulator.switches.tiles = { kind: 'latency', latencyMs: 200 };
    const path = `/xyz/all/hot/${z}/${x}/${y}@2x.png`;
    const statuses = await Promise.all(
      Array.from({ length: 500 }, async () => {
        const answer = await request(`${setup.gateway.url}${path}`);
        await answer.body.dump();
        return answer.statusCode;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(setup.simulator.counters.requests.tiles).toBe(1);
  });

  it('without heat is a transparent PNG of the requested size, and is cached', async () => {
    await setup.start({ cookies: 'full' });
    const empty = tileWithoutHeat(12);
    for (const [suffix, size] of [
      ['', 256],
      ['@2x', 512],
      ['@4x', 1024],
    ] as const) {
      const path = `/xyz/all/hot/12/${empty.x}/${empty.y}${suffix}.png`;
      const answer = await get(path);
      expect(answer.status).toBe(200);
      const { PNG } = await import('pngjs');
      const png = PNG.sync.read(Buffer.from(await answer.arrayBuffer()));
      expect([png.width, png.height]).toEqual([size, size]);
      expect(png.data.every((byte, i) => i % 4 !== 3 || byte === 0)).toBe(true);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
      await get(path);
    }
    expect(setup.simulator.counters.requests.tiles).toBe(3);
  });

  it.each([
    ['not-found', 404],
    ['no-content', 204],
  ])('without heat is %s if EMPTY_TILE says so', async (emptyTile, status) => {
    await setup.start({
      cookies: 'full',
      env: { EMPTY_TILE: emptyTile },
    });
    const { x, y } = tileWithoutHeat(12);
    for (const path of [
      `/xyz/all/hot/12/${x}/${y}.png`,
      `/tms/1.0.0/all-hot/12/${x}/${2 ** 12 - 1 - y}.png`,
      `/identified/globalheat/all/hot/12/${x}/${y}.png?px=256`,
    ])
      expect((await get(path)).status).toBe(status);
    for (const path of [
      `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/12/${y}/${x}.png`,
      `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=12&TILEROW=${y}&TILECOL=${x}`,
    ])
      expect((await get(path)).headers.get('content-type')).toBe('image/png');
  });

  it('passes no client header upstream, and no upstream header to the client', async () => {
    await setup.start({ cookies: 'full' });
    const answer = await get(`/identified/globalheat/all/hot/${z}/${x}/${y}.png?v=3&canary=query`, {
      headers: {
        cookie: 'canary=cookie',
        authorization: 'Bearer canary',
        origin: 'http://canary',
        referer: 'http://canary/',
        'user-agent': 'canary',
        'x-forwarded-for': 'canary',
      },
    });
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()].sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'cross-origin-resource-policy',
      'date',
      'etag',
      'keep-alive',
      'last-modified',
      'referrer-policy',
      'x-content-type-options',
    ]);
    const seen = setup.simulator.requests.filter(({ host }) => host === 'tiles');
    expect(seen).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('canary');
    expect(String(seen[0]!.headers.cookie)).not.toContain('_strava4_session');
  });

  it('frees its upstream slot when its clients disconnect', async () => {
    await setup.start({
      cookies: 'full',
      env: { UPSTREAM_MAX_CONCURRENCY: '1' },
    });
    setup.simulator.switches.tiles = { kind: 'stall', times: 1 };
    const disconnect = new AbortController();
    const first = get(`/xyz/all/hot/${z}/${x}/${y}.png`, { signal: disconnect.signal });
    await eventually(() => setup.simulator.counters.inFlight.tiles === 1);
    disconnect.abort();
    await expect(first).rejects.toThrow();
    expect((await get(`/xyz/all/hot/${z}/${x}/${y}@2x.png`)).status).toBe(200);
  });
});
