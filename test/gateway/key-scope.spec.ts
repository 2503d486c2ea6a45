/** What a key with limits opens, and what it sees. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';

const RIDER = 'riders-key-0123456789';
const GONE = 'expired-key-0123456789';
const PAGE = 'page-key-0123456789';
const KEYS = {
  keys: [
    { id: 'rider', key: RIDER, sports: ['ride', 'sport_Ride'], colors: ['hot', 'blue'], maxZoom: 9 },
    { id: 'gone', key: GONE, expires: '2020-01-01' },
    { id: 'page', key: PAGE, origins: ['https://gpx.studio'] },
  ],
};

let simulator: Simulator;
let running: RunningGateway;

async function start(): Promise<void> {
  simulator = await startSimulator();
  running = await startGateway(simulator, { cookies: fullCookies(simulator), keys: KEYS });
}

afterEach(async () => {
  await running.close();
  await simulator.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, { headers });
const withKey = (path: string) => `${path}${path.includes('?') ? '&' : '?'}key=${RIDER}`;
const kvpTile = (layer: string, zoom: number) =>
  `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${zoom}&TILEROW=0&TILECOL=0`;

describe('a key of two sports, two colours and ten levels', () => {
  it('opens those tiles in every encoding', async () => {
    await start();
    for (const path of [
      '/xyz/ride/hot/3/4/2.png',
      '/xyz/sport_Ride/blue/9/0/0@2x.png',
      '/wmts/1.0.0/ride-blue/default/GoogleMapsCompatible/9/0/0.png',
      '/tms/1.0.0/ride-hot/3/4/2.png',
      '/identified/globalheat/ride/hot/3/4/2.png',
      '/global/hot/ride/3/4/2.png',
      kvpTile('ride-hot', 9),
    ])
      expect([path, (await get(withKey(path))).status]).toEqual([path, 200]);
  });

  it.each([
    ['another sport', 'run-hot', 'run/hot', 3, 'layer'],
    ['another colour', 'ride-gray', 'ride/gray', 3, 'layer'],
    ['a deeper level', 'ride-hot', 'ride/hot', 10, 'levels as deep'],
  ])('is 403 for %s in every encoding, and nothing goes upstream', async (_name, layer, path, z, words) => {
    await start();
    const [sport, color] = path.split('/');
    for (const address of [
      `/xyz/${path}/${z}/0/0.png`,
      `/wmts/1.0.0/${layer}/default/WebMercatorQuadx2/${z}/0/0.png`,
      `/tms/1.0.0/${layer}/${z}/0/0.png`,
      `/identified/globalheat/${path}/${z}/0/0.png`,
      `/global/${color}/${sport}/${z}/0/0.png`,
      kvpTile(layer, z),
    ]) {
      const answer = await get(withKey(address));
      expect([address, answer.status]).toEqual([address, 403]);
      expect(await answer.text()).toContain(words);
    }
    expect(simulator.counters.requests.tiles).toBe(0);
    const metrics = await (await get(withKey('/metrics'))).text();
    const reason = z === 10 ? 'zoom' : 'layer';
    expect(metrics).toContain(`heatmap_auth_rejections_total{reason="${reason}"} 6`);
  });

  it('is shown in documents only what it opens', async () => {
    await start();
    const opened = ['ride-hot', 'ride-blue', 'sport_Ride-hot', 'sport_Ride-blue'];
    for (const path of [
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
      '/wmts/1.0.0/WMTSCapabilities.xml',
      '/k/KEY/wmts/1.0.0/WMTSCapabilities.xml',
    ]) {
      const byPath = path.startsWith('/k/');
      const document = await (await get(byPath ? path.replace('KEY', RIDER) : withKey(path))).text();
      const layers = [...document.matchAll(/<ows:Identifier>(\w+-[a-z]+)<\/ows:Identifier>/g)];
      expect(layers.map(([, id]) => id)).toEqual(opened);
      const levels = [...document.matchAll(/<TileMatrix><ows:Identifier>(\d+)</g)].map(([, id]) =>
        Number(id),
      );
      expect(levels).toEqual([...Array(10).keys(), ...Array(10).keys()]);
    }
    const tms = await (await get(withKey('/tms/1.0.0/'))).text();
    expect([...tms.matchAll(/href="[^"]*\/([\w-]+)"/g)].map(([, id]) => id)).toEqual(opened);
    const map = await (await get(withKey('/tms/1.0.0/ride-hot'))).text();
    expect([...map.matchAll(/<TileSet /g)]).toHaveLength(10);
    expect(await (await get(withKey('/tilejson/ride/hot.json'))).json()).toMatchObject({ maxzoom: 9 });
    const page = await (await get(withKey('/'))).text();
    for (const id of opened) expect(page).toContain(`<code>${id}</code>`);
    expect(page).not.toContain('run-hot');
    expect(page).toContain('zoom 0-9');
  });

  it('is 403 for documents of other layers', async () => {
    await start();
    for (const path of [
      '/wmts/1.0.0/run-hot/WMTSCapabilities.xml',
      '/tilejson/run/hot.json',
      '/tms/1.0.0/run-hot',
      '/tms/1.0.0/run-hot/tilemapresource.xml',
    ])
      expect([path, (await get(withKey(path))).status]).toEqual([path, 403]);
  });
});

describe('a key that is refused', () => {
  it('is not told whether it was ever good', async () => {
    await start();
    const answers = await Promise.all(
      [GONE, 'never-was-a-key-012345'].map(async (key) => {
        const answer = await get(`/xyz/all/hot/0/0/0.png?key=${key}`);
        const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
        return [answer.status, headers, await answer.text()];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toBe(401);
    const metrics = await (await get('/metrics', { 'x-api-key': RIDER })).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="expired"} 1');
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="unknown"} 1');
  });
});

describe('a key of certain web origins', () => {
  it.each([
    ['a page of that origin that reads the tile', { origin: 'https://gpx.studio' }, 200],
    ['a page of that origin that shows it', { referer: 'https://gpx.studio/map?x=1' }, 200],
    ['another page', { origin: 'https://evil.example' }, 403],
    [
      'another page with a referrer of that origin',
      { origin: 'https://evil.example', referer: 'https://gpx.studio/' },
      403,
    ],
    ['a page with a similar address', { referer: 'https://gpx.studio.evil.example/' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a program that is no browser', {}, 403],
    ['a referrer that is no address', { referer: 'gpx.studio' }, 403],
  ])('serves %s: %s', async (_name, headers, status) => {
    await start();
    const answer = await get(`/xyz/all/hot/0/0/0.png?key=${PAGE}`, headers);
    expect(answer.status).toBe(status);
  });
});
