/** The access log: fields, levels and omissions of the line of each request. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '../simulator/switches.js';
import { rawRequest } from '../support/raw-request.js';
import { eventually } from '../support/eventually.js';
import { withSimulator } from '../support/with-gateway.js';

const KEY = 'a-key-of-twenty-letters';
const ADMIN_KEY = 'admin-key-0123456789';

const setup = withSimulator({ per: 'suite' });

interface Line {
  readonly [field: string]: unknown;
}

/** The lines of finished requests, in order. */
function lines(): Line[] {
  return setup.gateway
    .log()
    .split('\n')
    .filter((text) => text.includes('"msg":"request"'))
    .map((text) => JSON.parse(text) as Line);
}

/** The line of the one request that `send` sends. */
async function lineOf(send: () => Promise<unknown>): Promise<Line> {
  const before = lines().length;
  await send();
  await eventually(() => lines().length > before);
  expect(lines()).toHaveLength(before + 1);
  return lines().at(-1)!;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  lineOf(() => setup.get(path, { headers }));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INFO = 'info';
const WARN = 'warn';

const fault = { kind: 'none' } as Fault;

describe('a line', () => {
  let row = 0;
  let tile: string;

  beforeAll(async () => {
    await setup.start({
      cookies: 'full',
      env: { ADMIN_KEY },
      keys: {
        keys: [
          { id: 'alice', key: KEY },
          { id: 'bob', key: `${KEY}-of-bob`, layers: ['all-blue'] },
          { id: 'eve', key: 'short-key', expires: '2020-01-01' },
        ],
      },
    });
  });

  beforeEach(() => {
    tile = `/xyz/all/hot/12/2150/${1400 + row++}.png`;
  });

  it('has the route, layer, zoom level, outcome, upstream status, status, duration, key and request ID', async () => {
    const line = await get(`${tile}?key=${KEY}`);
    expect(line).toMatchObject({
      level: INFO,
      method: 'GET',
      route: '/xyz/:sport/:color/:z/:x/:file',
      layer: 'all-hot',
      zoom: 12,
      outcome: 'miss',
      upstreamStatus: 200,
      status: 200,
      keyId: 'alice',
      requestId: expect.stringMatching(UUID),
    });
    expect(line.ms).toBeGreaterThan(0);
    expect(Object.keys(line).sort()).toEqual(
      'hostname keyId layer level method ms msg outcome path pid requestId route status time upstreamStatus zoom'.split(
        ' ',
      ),
    );
  });

  it('of a cached tile has no upstream status', async () => {
    await get(`${tile}?key=${KEY}`);
    const line = await get(`${tile}?key=${KEY}`);
    expect(line).toMatchObject({ level: INFO, outcome: 'hit', status: 200 });
    expect(line).not.toHaveProperty('upstreamStatus');
  });

  it.each([
    [
      'KVP',
      (row: number) =>
        `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=12&TILEROW=${row}&TILECOL=2150&key=${KEY}`,
    ],
    ['TMS', (row: number) => `/tms/1.0.0/all-hot/12/2150/${4095 - row}.png?key=${KEY}`],
  ])('has the same fields for a tile by %s', async (_encoding, address) => {
    expect(await get(address(1440 + row))).toMatchObject({ layer: 'all-hot', zoom: 12, outcome: 'miss' });
  });

  it('of a tile without heat has the upstream status 404', async () => {
    setup.simulator.switches.emptyEverywhere = true;
    expect(await get(`${tile}?key=${KEY}`)).toMatchObject({
      outcome: 'empty',
      upstreamStatus: 404,
      status: 200,
    });
    const again = await get(`${tile}?key=${KEY}`);
    expect(again).toMatchObject({ outcome: 'empty', status: 200 });
    expect(again).not.toHaveProperty('upstreamStatus');
  });

  it.each([
    ['an upstream that fails', { kind: 'status', status: 500 }, 502, 500],
    ['HTML with 200', { kind: 'html' }, 502, 200],
    ['a connection that breaks', { kind: 'reset' }, 502, undefined],
  ])('of %s is a warning', async (_what, trouble, status, upstreamStatus) => {
    setup.simulator.switches.tiles = { ...fault, ...trouble } as Fault;
    const line = await get(`${tile}?key=${KEY}`);
    expect(line).toMatchObject({ level: WARN, outcome: 'error', status, layer: 'all-hot', path: tile });
    expect(line.upstreamStatus).toBe(upstreamStatus);
    expect(line.problem).toMatch(/^The upstream/);
  });

  it('of a tile whose cookies stay refused has the upstream status 403', async () => {
    setup.simulator.switches.refuseAll = true;
    const deep = tile.replace('/12/2150/', '/14/8000/');
    expect(await get(`${deep}?key=${KEY}`)).toMatchObject({ level: WARN, status: 503, upstreamStatus: 403 });
  });

  it('of a layer that the key does not permit has the layer and the key', async () => {
    const line = await get(`${tile}?key=${KEY}-of-bob`);
    expect(line).toMatchObject({ level: INFO, status: 403, keyId: 'bob', layer: 'all-hot', zoom: 12 });
    expect(line).not.toHaveProperty('outcome');
  });

  it('of a request without a key or with an unknown key has no key ID', async () => {
    for (const query of ['', '?key=another-clients-key']) {
      const line = await get(tile + query);
      expect(line).toMatchObject({ level: INFO, status: 401, path: tile });
      expect(line).not.toHaveProperty('keyId');
    }
  });

  it('of an unknown path has the path when it gets 404, without segments that may be a key', async () => {
    const paths: [string, string][] = [
      ['/tiles.html', '/tiles.html'],
      ['/xyz/all/hot/3', '/xyz/all/hot/3'],
      ['/badsport/hot/3/4/2.png', '/badsport/hot/3/4/2.png'],
      [`/nothing/${KEY}`, '/nothing/…'],
      [`/${KEY}/hot/3/4/2.png`, '/…/hot/3/4/2.png'],
      ['/nothing/short-key/x', '/nothing/…/x'],
      [`/nothing/${'a'.repeat(90)}`, '/nothing/…'],
      [`/nothing${'/abc'.repeat(50)}`, `/nothing${'/abc'.repeat(28)}…`],
      ['/nothing/key=short/x', '/nothing/key=…/x'],
    ];
    for (const [path, logged] of paths)
      expect(await get(`${path}?key=${KEY}`)).toMatchObject({ status: 404, path: logged });
  });

  it.each([
    `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities?key=SECRET&key=SECRET`,
    '/wmts?SERVICE=WMTS&REQUEST=x%3F%6bey%3DSECRET',
    '/wmts?SERVICE=WMTS%3Bkey=SECRET&REQUEST=GetTile',
    '/wmts?SERVICE=WMTS&amp;key=SECRET%26token%3DSECRET',
    '/wmts?SERVICE=SECRET',
    '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&SECTIONS=a%20long%20value%20that%20ends%20before%20SECRET',
    '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&sports=http://user:SECRET@maps.example/',
    '/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=/k/SECRET/xyz',
    '/xyz/SECRET/hot/1/0/0.png',
    '/xyz/all/hot/1/0/0.png%26key%3DSECRET',
    '/xyz/all/hot/1/0/0@SECRET.png',
    '/xyz/all/hot/1/0/k/SECRET',
    '/tms/1.0.0/SECRET',
    '/tilejson/all/SECRET.json',
    '/presets/SECRET.xml',
    '/presets?layer=SECRET',
    '/xyz/all/{SECRET}/1/0/0.png',
    '/all/hot/1/0/SECRET',
    '//k//SECRET/nothing/;access_token=SECRET',
  ])('contains no part of a key that is in the wrong place: %s', async (template) => {
    for (const secret of ['short-key', KEY, `${KEY}-of-bob`, ADMIN_KEY])
      for (const referer of ['', `https://maps.example/?key=${secret}`]) {
        const before = setup.gateway.log().length;
        await lineOf(() =>
          rawRequest(setup.gateway.url, template.replaceAll('SECRET', secret), {
            'X-API-Key': KEY,
            Referer: referer,
          }),
        );
        expect(setup.gateway.log().slice(before)).not.toContain(secret.slice(0, 8));
      }
  });

  it('of an unknown path has no path when it is refused, because it may contain the key', async () => {
    const line = await get(`/nothing/k/${KEY}`);
    expect(line).toMatchObject({ route: 'none', status: 401 });
    expect(line).not.toHaveProperty('path');
  });

  it('of a document has no layer', async () => {
    const line = await get(`/wmts/1.0.0/WMTSCapabilities.xml?key=${KEY}`);
    expect(line).toMatchObject({ level: INFO, route: '/wmts/1.0.0/WMTSCapabilities.xml', status: 200 });
    expect(line).not.toHaveProperty('layer');
  });

  it('of a successful probe has level debug', async () => {
    const DEBUG = 'debug';
    expect(await get('/livez')).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get('/readyz')).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get(`/metrics?key=${KEY}`)).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get('/metrics')).toMatchObject({ level: INFO, status: 401 });
    expect(await get('/health')).toMatchObject({ level: INFO, status: 200 });
  });

  it('is also written if the client disconnects', async () => {
    setup.simulator.switches.tiles = { ...fault, kind: 'stall' };
    setup.simulator.switches.anonymous = { ...fault, kind: 'stall' };
    const line = await lineOf(async () => {
      const hangUp = new AbortController();
      const answer = fetch(`${setup.gateway.url}${tile}?key=${KEY}`, { signal: hangUp.signal });
      await eventually(() => setup.simulator.requests.length > 0);
      hangUp.abort();
      await answer.catch(() => undefined);
    });
    expect(line).toMatchObject({ level: INFO, status: 499, layer: 'all-hot' });
    expect(line).not.toHaveProperty('outcome');
    const page = await (await fetch(`${setup.gateway.url}/metrics?key=${KEY}`)).text();
    expect(page).toContain('file",method="GET",status="499"} 1');
  });
});

it('the path of a tile is logged only for errors and at level debug', async () => {
  await setup.start({ cookies: 'full', env: { LOG_LEVEL: 'info' } });
  expect(await get('/xyz/all/hot/12/2150/1400.png')).not.toHaveProperty('path');
  const wrong = '/xyz/all/hot/12/2150/9999.png';
  expect(await get(wrong)).toMatchObject({ status: 404, path: wrong });
});

it('a request whose URL cannot be decoded is logged', async () => {
  await setup.start();
  const line = await lineOf(() => rawRequest(setup.gateway.url, '/xyz/%zz'));
  expect(line).toMatchObject({ level: INFO, route: 'none', status: 400 });
});

it('a line for a terminal is one sentence without the query, and cache hits have none', async () => {
  await setup.start({ cookies: 'full', env: { LOG_FORMAT: 'pretty' } });
  const tile = '/xyz/all/hot/12/2150/1401.png';
  for (const path of [tile, tile, `${tile.replace('2150', '9999')}?key=${KEY}`, `/nothing/${KEY}`])
    await (await setup.get(path)).arrayBuffer();
  const sentences = () => [...setup.gateway.log().matchAll(/"msg":"(\d{3} .*?)"/g)].map(([, text]) => text);
  await eventually(() => sentences().length === 3);
  expect(sentences()).toEqual([
    expect.stringMatching(/^200 GET all-hot z12\/2150\/1401 miss \d+ ms$/),
    expect.stringMatching(/^404 GET \/xyz\/all\/hot\/12\/9999\/1401\.png \d+ ms: The tile column 9999/),
    expect.stringMatching(/^404 GET \/nothing\/… \d+ ms: There is nothing at this URL/),
  ]);
});

describe('ACCESS_LOG_CLIENT', () => {
  it('adds the address of the client, behind a trusted proxy that of its client', async () => {
    await setup.start({ env: { ACCESS_LOG_CLIENT: 'true', TRUST_PROXY: 'loopback' } });
    expect(await get('/health')).toMatchObject({ client: '127.0.0.1' });
    expect(await get('/health', { 'x-forwarded-for': '192.0.2.7' })).toMatchObject({ client: '192.0.2.7' });
    expect(await get('/health', { 'x-forwarded-for': '2001:db8::7' })).toMatchObject({
      client: '2001:db8::7',
    });
  });

  it('is off by default', async () => {
    await setup.start();
    expect(await get('/health')).not.toHaveProperty('client');
  });

  it('adds it to the lines of a terminal', async () => {
    await setup.start({ env: { ACCESS_LOG_CLIENT: 'true', LOG_FORMAT: 'pretty' } });
    await (await setup.get('/health')).arrayBuffer();
    await eventually(() => setup.gateway.log().includes('200 GET /health'));
    expect(setup.gateway.log()).toMatch(/200 GET \/health \d+ ms from 127\.0\.0\.1"/);
  });
});

describe('the request ID', () => {
  const id = { 'x-request-id': 'b5e6f0c1-12_3.A' };

  it('is in error responses, and not in tile responses', async () => {
    await setup.start({ cookies: 'full' });
    const failed = await fetch(`${setup.gateway.url}/xyz/all/hot/3/9/9.png`);
    const kvp = await fetch(`${setup.gateway.url}/wmts?SERVICE=WMTS`);
    const tile = await fetch(`${setup.gateway.url}/xyz/all/hot/3/4/2.png`);
    await eventually(() => lines().length === 3);
    expect(failed.headers.get('x-request-id')).toBe(lines()[0]!.requestId);
    expect(kvp.headers.get('x-request-id')).toBe(lines()[1]!.requestId);
    expect(tile.headers.get('x-request-id')).toBeNull();
    expect(new Set(lines().map(({ requestId }) => requestId)).size).toBe(3);
  });

  it('is taken from a trusted proxy if it has the form of a request ID', async () => {
    await setup.start({ env: { TRUST_PROXY: 'loopback' } });
    expect(await get('/nothing', id)).toMatchObject({ requestId: id['x-request-id'] });
    for (const odd of ['a b', '"', 'x'.repeat(65)])
      expect((await get('/nothing', { 'x-request-id': odd })).requestId).toMatch(UUID);
  });

  it('is not taken from other clients', async () => {
    await setup.start();
    expect((await get('/nothing', id)).requestId).toMatch(UUID);
  });
});

describe('ACCESS_LOG', () => {
  it.each([
    ['all', ['miss', 'hit', 'none', '404']],
    ['misses', ['miss', 'none', '404']],
    ['errors', ['404']],
    ['off', []],
  ])('%s logs %j', async (which, expected) => {
    await setup.start({ cookies: 'full', env: { ACCESS_LOG: which } });
    const tile = `${setup.gateway.url}/xyz/all/hot/12/2150/1390.png`;
    for (const url of [
      tile,
      tile,
      `${setup.gateway.url}/tilejson/all/hot.json`,
      `${setup.gateway.url}/nothing`,
    ])
      await (await fetch(url)).arrayBuffer();
    // The counter increases with the line, so afterwards no line is pending.
    await eventually(async () => {
      const page = await (await fetch(`${setup.gateway.url}/metrics`)).text();
      return page.includes('route="none",method="GET",status="404"} 1');
    });
    const found = lines().filter(({ route }) => route !== '/metrics');
    expect(found.map(({ outcome, status }) => outcome ?? (status === 200 ? 'none' : String(status)))).toEqual(
      expected,
    );
  });
});
