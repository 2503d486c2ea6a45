/** One line a request: what it says, at which level, and what is left out. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { rawRequest } from '../support/raw-request.js';
import { eventually, fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';

const KEY = 'a-key-of-twenty-letters';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await startSimulator();
});

afterAll(async () => {
  await simulator.close();
});

interface Line {
  readonly [field: string]: unknown;
}

/** The lines of requests, in the order of their ends. */
function lines(running: RunningGateway): Line[] {
  return running
    .log()
    .split('\n')
    .filter((text) => text.includes('"msg":"request"'))
    .map((text) => JSON.parse(text) as Line);
}

/** The line of the one request that `ask` makes. */
async function lineOf(running: RunningGateway, ask: () => Promise<unknown>): Promise<Line> {
  const before = lines(running).length;
  await ask();
  await eventually(() => lines(running).length > before);
  expect(lines(running)).toHaveLength(before + 1);
  return lines(running).at(-1)!;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  lineOf(gateway, () => fetch(gateway.url + path, { headers }));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INFO = 30;
const WARN = 40;

const fault = { kind: 'none' } as Simulator['switches']['tiles'];

beforeEach(() => {
  simulator.reset();
});

describe('a line', () => {
  let row = 0;
  let tile: string;

  beforeAll(async () => {
    gateway = await startGateway(simulator, {
      cookies: fullCookies(simulator),
      keys: {
        keys: [
          { id: 'alice', key: KEY },
          { id: 'bob', key: `${KEY}-of-bob`, layers: ['all-blue'] },
        ],
      },
    });
  });

  beforeEach(() => {
    tile = `/xyz/all/hot/12/2150/${1400 + row++}.png`;
  });

  afterAll(() => gateway.close());

  it('says route, layer, zoom, outcome, status upstream, status, time, key and the name of the request', async () => {
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

  it('of a tile that is held has no status of the upstream', async () => {
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
  ])('has the same of a tile by %s', async (_encoding, address) => {
    expect(await get(address(1440 + row))).toMatchObject({ layer: 'all-hot', zoom: 12, outcome: 'miss' });
  });

  it('of a tile without heat has the 404 of the upstream', async () => {
    simulator.switches.emptyEverywhere = true;
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
    simulator.switches.tiles = { ...fault, ...trouble } as typeof fault;
    const line = await get(`${tile}?key=${KEY}`);
    expect(line).toMatchObject({ level: WARN, outcome: 'error', status, layer: 'all-hot', path: tile });
    expect(line.upstreamStatus).toBe(upstreamStatus);
    expect(line.problem).toMatch(/^The upstream/);
  });

  it('of cookies that stay refused has the 403', async () => {
    simulator.switches.refuseAll = true;
    const deep = tile.replace('/12/2150/', '/14/8000/');
    expect(await get(`${deep}?key=${KEY}`)).toMatchObject({ level: WARN, status: 503, upstreamStatus: 403 });
  });

  it('of a layer that the key does not open names the layer and the key', async () => {
    const line = await get(`${tile}?key=${KEY}-of-bob`);
    expect(line).toMatchObject({ level: INFO, status: 403, keyId: 'bob', layer: 'all-hot', zoom: 12 });
    expect(line).not.toHaveProperty('outcome');
  });

  it('of a request without a key or with an unknown one has no name of a key', async () => {
    for (const query of ['', '?key=somebody-elses-key']) {
      const line = await get(tile + query);
      expect(line).toMatchObject({ level: INFO, status: 401, path: tile });
      expect(line).not.toHaveProperty('keyId');
    }
  });

  it('of an address that is nothing here has no path, which may hold anything', async () => {
    const line = await get(`/nothing/k/${KEY}`);
    expect(line).toMatchObject({ route: 'none', status: 401 });
    expect(line).not.toHaveProperty('path');
  });

  it('of a document has no layer', async () => {
    const line = await get(`/wmts/1.0.0/WMTSCapabilities.xml?key=${KEY}`);
    expect(line).toMatchObject({ level: INFO, route: '/wmts/1.0.0/WMTSCapabilities.xml', status: 200 });
    expect(line).not.toHaveProperty('layer');
  });

  it('of a probe that succeeds is for debugging only', async () => {
    const DEBUG = 20;
    expect(await get('/livez')).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get('/readyz')).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get(`/metrics?key=${KEY}`)).toMatchObject({ level: DEBUG, status: 200 });
    expect(await get('/metrics')).toMatchObject({ level: INFO, status: 401 });
    expect(await get('/health')).toMatchObject({ level: INFO, status: 200 });
  });

  it('comes also when the client hangs up', async () => {
    simulator.switches.tiles = { ...fault, kind: 'stall' };
    simulator.switches.anonymous = { ...fault, kind: 'stall' };
    const line = await lineOf(gateway, async () => {
      const hangUp = new AbortController();
      const answer = fetch(`${gateway.url}${tile}?key=${KEY}`, { signal: hangUp.signal });
      await eventually(() => simulator.requests.length > 0);
      hangUp.abort();
      await answer.catch(() => undefined);
    });
    expect(line).toMatchObject({ level: INFO, status: 499, layer: 'all-hot' });
    expect(line).not.toHaveProperty('outcome');
    const page = await (await fetch(`${gateway.url}/metrics?key=${KEY}`)).text();
    expect(page).toContain('file",method="GET",status="499"} 1');
  });
});

it('has the path of a tile only when something went wrong, or at debug level', async () => {
  gateway = await startGateway(simulator, { cookies: fullCookies(simulator), env: { LOG_LEVEL: 'info' } });
  expect(await get('/xyz/all/hot/12/2150/1400.png')).not.toHaveProperty('path');
  const wrong = '/xyz/all/hot/12/2150/9999.png';
  expect(await get(wrong)).toMatchObject({ status: 404, path: wrong });
  await gateway.close();
});

it('comes also for an address that no route can be looked up for', async () => {
  gateway = await startGateway(simulator);
  const line = await lineOf(gateway, () => rawRequest(gateway.url, '/xyz/%zz'));
  expect(line).toMatchObject({ level: INFO, route: 'none', status: 400 });
  await gateway.close();
});

describe('the name of a request', () => {
  const id = { 'x-request-id': 'b5e6f0c1-12_3.A' };

  it('is told with a failure, and with no tile', async () => {
    gateway = await startGateway(simulator, { cookies: fullCookies(simulator) });
    const failed = await fetch(`${gateway.url}/xyz/all/hot/3/9/9.png`);
    const kvp = await fetch(`${gateway.url}/wmts?SERVICE=WMTS`);
    const tile = await fetch(`${gateway.url}/xyz/all/hot/3/4/2.png`);
    await eventually(() => lines(gateway).length === 3);
    expect(failed.headers.get('x-request-id')).toBe(lines(gateway)[0]!.requestId);
    expect(kvp.headers.get('x-request-id')).toBe(lines(gateway)[1]!.requestId);
    expect(tile.headers.get('x-request-id')).toBeNull();
    expect(new Set(lines(gateway).map(({ requestId }) => requestId)).size).toBe(3);
    await gateway.close();
  });

  it('is that of a trusted proxy, if it looks like one', async () => {
    gateway = await startGateway(simulator, { env: { TRUST_PROXY: 'loopback' } });
    expect(await get('/nothing', id)).toMatchObject({ requestId: id['x-request-id'] });
    for (const odd of ['a b', '"', 'x'.repeat(65)])
      expect((await get('/nothing', { 'x-request-id': odd })).requestId).toMatch(UUID);
    await gateway.close();
  });

  it('is not taken from anybody else', async () => {
    gateway = await startGateway(simulator);
    expect((await get('/nothing', id)).requestId).toMatch(UUID);
    await gateway.close();
  });
});

describe('ACCESS_LOG', () => {
  it.each([
    ['all', ['miss', 'hit', 'none', '404']],
    ['misses', ['miss', 'none', '404']],
    ['errors', ['404']],
    ['off', []],
  ])('%s logs %j', async (which, expected) => {
    gateway = await startGateway(simulator, { cookies: fullCookies(simulator), env: { ACCESS_LOG: which } });
    const tile = `${gateway.url}/xyz/all/hot/12/2150/1390.png`;
    for (const url of [tile, tile, `${gateway.url}/tilejson/all/hot.json`, `${gateway.url}/nothing`])
      await (await fetch(url)).arrayBuffer();
    // Metrics are counted with the line, which so has been written or never will be.
    await eventually(async () => {
      const page = await (await fetch(`${gateway.url}/metrics`)).text();
      return page.includes('route="none",method="GET",status="404"} 1');
    });
    const found = lines(gateway).filter(({ route }) => route !== '/metrics');
    expect(found.map(({ outcome, status }) => outcome ?? (status === 200 ? 'none' : String(status)))).toEqual(
      expected,
    );
    await gateway.close();
  });
});
