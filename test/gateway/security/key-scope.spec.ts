/** Scope of a key: which tiles it permits, and what its documents list. */
import { describe, expect, it } from '@jest/globals';
import { withGateway } from '../../support/with-gateway.js';

const RIDER = 'riders-key-0123456789';
const GONE = 'expired-key-0123456789';
const PAGE = 'page-key-0123456789';
const MONITOR = 'monitor-key-0123456789';
const KEYS = {
  keys: [
    { id: 'rider', key: RIDER, sports: ['ride', 'sport_Ride'], colors: ['hot', 'blue'], maxZoom: 9 },
    { id: 'monitor', key: MONITOR, rateLimit: { max: 10_000 } },
    { id: 'gone', key: GONE, expires: '2020-01-01' },
    { id: 'page', key: PAGE, origins: ['https://gpx.studio'] },
  ],
};
const PERMITTED = ['ride-hot', 'ride-blue', 'sport_Ride-hot', 'sport_Ride-blue'];

const setup = withGateway({ cookies: 'full', keys: KEYS });
const get = (path: string, headers: Record<string, string> = {}) => setup.get(path, { headers });
const withKey = (path: string) => `${path}${path.includes('?') ? '&' : '?'}key=${RIDER}`;
const kvpTile = (layer: string, zoom: number) =>
  `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${zoom}&TILEROW=0&TILECOL=0`;

describe('a key for two sports, two colours and zoom levels 0 to 9', () => {
  it('gives access to these tiles in every encoding', async () => {
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
    ['a higher zoom level', 'ride-hot', 'ride/hot', 10, 'limited to zoom 9'],
  ])(
    'gets 403 for %s in every encoding, and no request goes upstream',
    async (_name, layer, path, z, words) => {
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
      expect(setup.simulator.counters.requests.tiles).toBe(0);
      const metrics = await (await get('/metrics', { 'x-api-key': MONITOR })).text();
      const reason = z === 10 ? 'zoom' : 'layer';
      expect(metrics).toContain(`heatmap_auth_rejections_total{reason="${reason}"} 6`);
    },
  );

  it('gets documents that list only what it permits', async () => {
    for (const path of [
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
      '/wmts/1.0.0/WMTSCapabilities.xml',
      '/k/KEY/wmts/1.0.0/WMTSCapabilities.xml',
    ]) {
      const byPath = path.startsWith('/k/');
      const document = await (await get(byPath ? path.replace('KEY', RIDER) : withKey(path))).text();
      const layers = [...document.matchAll(/<ows:Identifier>(\w+-[a-z]+)<\/ows:Identifier>/g)];
      expect(layers.map(([, id]) => id)).toEqual(PERMITTED);
      const levels = [...document.matchAll(/<TileMatrix><ows:Identifier>(\d+)</g)].map(([, id]) =>
        Number(id),
      );
      expect(levels).toEqual([...Array(10).keys(), ...Array(10).keys()]);
    }
    const tms = await (await get(withKey('/tms/1.0.0/'))).text();
    expect([...tms.matchAll(/href="[^"]*\/([\w-]+)"/g)].map(([, id]) => id)).toEqual(PERMITTED);
    const map = await (await get(withKey('/tms/1.0.0/ride-hot'))).text();
    expect([...map.matchAll(/<TileSet /g)]).toHaveLength(10);
    expect(await (await get(withKey('/tilejson/ride/hot.json'))).json()).toMatchObject({ maxzoom: 9 });
    const page = await (await get(withKey('/'))).text();
    for (const id of PERMITTED) expect(page).toContain(`<code>${id}</code>`);
    expect(page).not.toContain('run-hot');
    expect(page).toContain('zoom 0-9');
  });

  it('gets presets that list only what it permits', async () => {
    for (const file of [
      'qgis-xyz.xml',
      'locus.xml',
      'oruxmaps.xml',
      'mapproxy.yaml',
      'cartograph.onlinemap',
    ]) {
      const text = await (await get(withKey(`/presets/${file}`))).text();
      const layers = [...text.matchAll(/\/xyz\/(\w+)\/(\w+)\//g)].map(
        ([, sport, color]) => `${sport}-${color}`,
      );
      expect([file, [...new Set(layers)].sort()]).toEqual([file, [...PERMITTED].sort()]);
    }
    const { clients } = (await (await get(withKey('/presets'))).json()) as { clients: { href?: string }[] };
    expect(JSON.stringify(clients)).toContain('/xyz/ride/hot/');
    expect(JSON.stringify(clients)).not.toContain('/xyz/all/');
    for (const [path, status] of [
      ['/presets?layer=run-hot', 403],
      ['/presets/guru/run-hot.ms', 403],
      ['/presets/locus.xml?sports=run', 403],
    ] as const)
      expect([path, (await get(withKey(path))).status]).toEqual([path, status]);
  });

  it.each([
    '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
    '/wmts/1.0.0/WMTSCapabilities.xml',
    '/presets/locus.xml',
  ])('gets errors of %s that list only the sports and colours that it permits', async (path) => {
    const errorFor = async (query: string) =>
      (await get(`${withKey(path)}&${query}`, { accept: 'application/json' })).text();
    expect(await errorFor('sports=jog')).toContain('expected one of ride, sport_Ride.');
    expect(await errorFor('colors=pink')).toContain('expected one of hot, blue.');
  });

  it.each(['query', 'header', 'path'])('gets no metrics with the key in the %s', async (form) => {
    const answer = await (form === 'query'
      ? get(withKey('/metrics'))
      : form === 'path'
        ? get(`/k/${RIDER}/metrics`)
        : get('/metrics', { authorization: `Bearer ${RIDER}` }));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('/metrics requires a key without these limits');
    const metrics = await (await get('/metrics', { 'x-api-key': MONITOR })).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="metrics"} 1');
  });

  it('gets 403 for documents of other layers', async () => {
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
  it('gets the same response whether it expired or never existed', async () => {
    const answers = await Promise.all(
      [GONE, 'never-was-a-key-012345'].map(async (key) => {
        const answer = await get(`/xyz/all/hot/0/0/0.png?key=${key}`);
        const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
        return [answer.status, headers, await answer.text()];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toBe(401);
    const metrics = await (await get('/metrics', { 'x-api-key': MONITOR })).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="expired"} 1');
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="unknown"} 1');
  });
});

describe('a key restricted to web origins', () => {
  it.each([
    ['a page of that origin that reads the tile', { origin: 'https://gpx.studio' }, 200],
    ['a page of that origin that shows it', { referer: 'https://gpx.studio/map?x=1' }, 200],
    ['another page', { origin: 'https://evil.example' }, 403],
    [
      'another page with a referrer of that origin',
      { origin: 'https://evil.example', referer: 'https://gpx.studio/' },
      403,
    ],
    ['a page on a similar host', { referer: 'https://gpx.studio.evil.example/' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a client without Origin and Referer', {}, 403],
    ['a Referer that is not a URL', { referer: 'gpx.studio' }, 403],
  ])('and %s: %s', async (_name, headers, status) => {
    const answer = await get(`/xyz/all/hot/0/0/0.png?key=${PAGE}`, headers);
    expect(answer.status).toBe(status);
  });
});
