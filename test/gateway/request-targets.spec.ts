/** Request targets as clients really send them: escaped, joined in odd ways, at the addresses of other programs. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { rawRequest } from '../support/raw-request.js';
import { withSimulator } from '../support/with-gateway.js';

const KEY = 'a-valid-key-0123456789';
const TILE = '/xyz/all/hot/3/4/2@2x.png';
const CAPABILITIES = 'SERVICE=WMTS&REQUEST=GetCapabilities';
const KVP_TILE =
  'SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuadx2&TILEMATRIX=3&TILEROW=2&TILECOL=4';
const REST = '/wmts/1.0.0/all-hot/default/WebMercatorQuadx2/3/2/4.png';
const TMS = '/tms/1.0.0/all-hot@2x/3/4/5.png';

const setup = withSimulator({ per: 'suite' });

interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

async function get(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { status, head, body } = await rawRequest(setup.gateway.url, target, headers);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head.replaceAll('\r', ''))?.[1];
  return { status, header, body };
}

async function detailOf(target: string): Promise<string> {
  const { status, header, body } = await get(target);
  const detail = header('content-type') === 'application/xml' ? body : JSON.parse(body).detail;
  return `${status} ${detail}`;
}

/** Requests the same tile by each target, and counts the upstream requests for it. */
async function expectSameTile(reference: string, targets: readonly string[]): Promise<void> {
  const { status, header } = await get(reference);
  expect([reference, status]).toEqual([reference, 200]);
  const before = setup.simulator.counters.requests.tiles;
  for (const target of targets) {
    const answer = await get(target);
    expect([target, answer.status, answer.header('content-type'), answer.header('etag')]).toEqual([
      target,
      200,
      'image/png',
      header('etag'),
    ]);
  }
  expect(setup.simulator.counters.requests.tiles).toBe(before);
}

describe('without API keys', () => {
  beforeAll(async () => {
    await setup.start({ cookies: 'full' });
  });

  describe('an escaped @', () => {
    it('is the same tile in every encoding', () =>
      expectSameTile(TILE, [
        '/xyz/all/hot/3/4/2%402x.png',
        '/tms/1.0.0/all-hot%402x/3/4/5.png',
        `/k/any${TILE.replace('@', '%40')}`,
        `/xyz/all/hot/3/4/2%402x.png?v=19`,
      ]));

    it('is the same size of a drop-in, and the same document', async () => {
      await expectSameTile('/global/hot/all/3/4/2@small.png', ['/global/hot/all/3/4/2%40small.png']);
      await expectSameTile('/xyz/all/hot/3/4/2@4x.png', [
        '/xyz/all/hot/3/4/2%404x.png',
        '/identified/globalheat/all/hot/3/4/2%402x.png?v=19',
      ]);
      const document = await get('/tilejson/all/hot@2x.json');
      expect((await get('/tilejson/all/hot%402x.json')).body).toBe(document.body);
      expect((await get('/tms/1.0.0/all-hot%402x')).body).toContain('all-hot@2x/3"');
    });

    it.each(['%31', '%2e%2e', '%2F', '%2540', '%4%30', '%40%31', '%C3%A4', '%20'])(
      'leaves other escapes refused: %s',
      async (escape) => {
        expect(await detailOf(`/xyz/all/hot/3/4/${escape}.png`)).toBe(
          '400 Percent-encoding in the path is not accepted, except %40 for "@".',
        );
        expect(await detailOf(`/k/any/xyz/all/hot/3/4/${escape}.png`)).toMatch(/^400 /);
      },
    );
  });

  describe('a placeholder that was not filled in', () => {
    it.each([
      ['/xyz/all/hot/%7Bz%7D/%7Bx%7D/%7By%7D.png', '{z}'],
      ['/xyz/all/hot/{z}/{x}/{y}@2x.png', '{z}'],
      ['/xyz/all/hot/%7bzoom%7d/1/1.png', '{zoom}'],
      ['/xyz/all/hot/3/4/{-y}.png', '{-y}'],
      ['/xyz/all/hot/$%7Bz%7D/1/1.png', '{z}'],
      ['/xyz/all/hot/{$z}/{$x}/{$y}.png', '{$z}'],
      ['/xyz/all/hot/%7B0%7D/%7B1%7D/%7B2%7D.png', '{0}'],
      ['/xyz/%7Bsport%7D/hot/3/4/2.png', '{sport}'],
      ['/xyz/all/hot/%1/%2/%3.png', '%1'],
      ['/wmts/1.0.0/all-hot/default/%7BTileMatrixSet%7D/3/2/4.png', '{TileMatrixSet}'],
      ['/%7Bs%7D/all/hot/3/4/2.png', '{s}'],
    ])('is named: %s', async (target, placeholder) => {
      expect(await detailOf(target)).toContain(`400 The placeholder "${placeholder}" was not filled in. `);
    });

    it('in the query of a KVP request is quoted with its parameter', async () => {
      const { body } = await get(`/wmts?${KVP_TILE.replace('TILEROW=2', 'TILEROW={y}')}`);
      expect(body).toMatch(/locator="TileRow".*"\{y\}"/s);
    });
  });

  describe('doubled slashes', () => {
    it('are the same tile', () =>
      expectSameTile(TILE, [
        `/${TILE}`,
        `////${TILE}`,
        '/xyz//all/hot/3/4/2@2x.png',
        '/xyz/all/hot/3/4//2@2x.png',
        '/xyz///all//hot//3//4//2%402x.png//',
        `${TILE}/`,
        REST.replace('/wmts/', '/wmts//'),
        TMS.replace('1.0.0', '1.0.0/'),
        `/wmts//?${KVP_TILE}`,
        `//wmts/?${KVP_TILE}`,
        `/k/any/${TILE}`,
        `//k/any${TILE}`,
        `//k/any//${TILE}//?v=//19`,
      ]));

    it('and a slash at the end are the same document', async () => {
      for (const [canonical, ...others] of [
        [
          '/wmts/1.0.0/WMTSCapabilities.xml',
          '//wmts//1.0.0/WMTSCapabilities.xml',
          '/wmts/1.0.0/WMTSCapabilities.xml/',
        ],
        ['/tms/1.0.0', '/tms//1.0.0/', '//tms/1.0.0'],
        [`/wmts?${CAPABILITIES}`, `/wmts/?${CAPABILITIES}`, `//wmts//?${CAPABILITIES}`],
        ['/', '//', '///'],
      ]) {
        const { status, body } = await get(canonical!);
        expect([canonical, status]).toEqual([canonical, 200]);
        for (const other of others) expect([other, (await get(other)).body]).toEqual([other, body]);
      }
      expect((await get('//health//')).status).toBe(200);
    });

    it('never redirect, and a missing number stays missing', async () => {
      for (const target of [
        '//evil.example/',
        '//evil.example/%2f..',
        '///evil.example',
        '//evil.example//wmts/1.0.0',
      ]) {
        const { status, header } = await get(target);
        expect([target, status >= 400, header('location')]).toEqual([target, true, undefined]);
      }
      for (const target of [
        '/xyz/all/hot//4/2.png',
        '/tms/1.0.0/all-hot//4/2.png',
        '/identified/globalheat/all/hot//4/2.png',
      ])
        expect(await detailOf(target)).toMatch(/^404 There is nothing at this URL; /);
    });
  });

  describe('the addresses of other programs', () => {
    it('are tiles of 512 px, or of px, or of the suffix', async () => {
      const forms = [
        '/all/hot',
        '/tiles/all/hot',
        '/tiles-auth/all/hot',
        '/identified/globalheat/all/hot',
        '/anon/globalheat/all/hot',
      ];
      const of = (query: string, suffix = '') => forms.map((form) => `${form}/3/4/2${suffix}.png${query}`);
      const signature = 'Key-Pair-Id=APKA&Policy=eyJ&Signature=abc~_';
      await expectSameTile(TILE, [
        ...of(''),
        ...of('?px=512'),
        ...of('?v=19'),
        ...of(`?${signature}`),
        ...of(`?v=19&${signature}`),
      ]);
      await expectSameTile('/xyz/all/hot/3/4/2.png', [
        ...of('?px=256'),
        ...of(`?px=256&${signature}`),
        ...of('', '@small'),
      ]);
      await expectSameTile('/xyz/all/hot/3/4/2@4x.png', [
        ...of('', '@2x'),
        ...of('?px=256', '@2x'),
        ...of('', '%402x'),
      ]);
    });

    it('with another px, suffix, extension or number are refused', async () => {
      expect(await detailOf('/all/hot/3/4/2.png?px=1024')).toMatch(
        /^400 The parameter px must be 256 or 512/,
      );
      expect(await detailOf('/tiles/all/hot/3/4/2@4x.png')).toMatch(/^404 Unknown tile size suffix "@4x"/);
      expect(await detailOf('/all/hot/3/4/2')).toBe('404 A tile URL must end in .png.');
      expect(await detailOf('/all/hot/3/8/2.png')).toMatch(/^404 The tile column 8 does not exist/);
      expect(await detailOf('/all/pink/3/4/2.png')).toMatch(/^404 Unknown colour "pink"/);
    });

    it.each([
      [
        '/personal/orange/all/3/4/2@2x.png',
        'the gateway has no personal heatmap; tiles of the global heatmap are at /xyz/',
      ],
      ['/personal/all/3/4/2.png', 'the gateway has no personal heatmap'],
      ['/blue/all/3/4/2.png', 'tiles are at /xyz/{sport}/{color}/{z}/{x}/{y}.png'],
      ['/3/4/2.png', 'tiles are at /xyz/'],
      ['/heatmap/3/4/2.png', 'tiles are at /xyz/'],
      ['/tiles/3/4/2?color=hot&sport=all', 'tiles are at /xyz/'],
      ['/tile/all/hot/3/4/2.png', 'tiles are at /xyz/'],
      ['/globalheat/all/hot/3/4/2@2x.png', 'tiles are at /xyz/'],
      ['/xyz/all-hot/3/4/2.png', 'tiles are at /xyz/'],
      ['/XYZ/all/hot/3/4/2.png', 'tiles are at /xyz/'],
      ['/admin/hot/3/4/2.png', 'tiles are at /xyz/'],
      ['/all/hot.json', 'TileJSON documents are at /tilejson/{sport}/{color}.json'],
      ['/tilejson.json', 'TileJSON documents are at /tilejson/'],
      ['/tilejson', 'TileJSON documents are at /tilejson/'],
      ['/tms', 'the TMS is at /tms/1.0.0, its tiles at /tms/1.0.0/{sport}-{color}/{z}/{x}/{y}.png'],
      ['/tms/all-hot/3/4/5.png', 'the TMS is at /tms/1.0.0'],
      ['/ows', 'the WMTS is at /wmts?SERVICE=WMTS&REQUEST=GetCapabilities'],
      ['/wms', 'the WMTS is at /wmts?'],
      ['/WMTS', 'the WMTS is at /wmts?'],
      ['/service', 'the WMTS is at /wmts?'],
      ['/services/wmts', 'the WMTS is at /wmts?'],
      ['/geoserver/gwc/service/wmts', 'the WMTS is at /wmts?'],
      ['/mapproxy/wmts/1.0.0/WMTSCapabilities.xml', 'the WMTS is at /wmts?'],
      ['/cgi-bin/mapserv', 'the WMTS is at /wmts?'],
      ['/wmts/all-hot/3/4/2.png', 'RESTful tiles are at /wmts/1.0.0/{Layer}/default/{TileMatrixSet}/'],
      ['/healthz', 'the state of the gateway is at /health'],
      ['/ready', 'the probes are at /livez and /readyz'],
      ['/nothing/here', 'the page at / lists the URLs'],
    ])('that have no route name the one to use: %s', async (target, hint) => {
      expect(await detailOf(target)).toContain(`404 There is nothing at this URL; ${hint}`);
    });

    it('without a route have no route in metrics, and their path in the log', async () => {
      await get('/nothing/here/3/4/2.png');
      expect((await get('/metrics')).body).toContain('route="none",method="GET",status="404"');
      await eventually(() => setup.gateway.log().includes('"path":"/nothing/here/3/4/2.png"'));
    });
  });

  describe('the RESTful document', () => {
    it.each([
      '/WMTSCapabilities.xml',
      '/1.0.0/WMTSCapabilities.xml',
      '/wmts/WMTSCapabilities.xml',
      '/wmts/1.0.0',
      '/wmts/1.0.0/',
    ])('is found by a redirect from %s', async (path) => {
      const location = `${setup.gateway.url}/wmts/1.0.0/WMTSCapabilities.xml`;
      for (const [target, expected] of [
        [path, location],
        [`/${path}?sports=ride`, `${location}?sports=ride`],
      ] as const) {
        const { status, header } = await get(target);
        expect([status, header('location'), header('cache-control')]).toEqual([308, expected, 'no-store']);
      }
    });
  });

  describe('an OGC request', () => {
    it('to the base URL is answered as at /wmts', async () => {
      const document = await get(`/wmts?${CAPABILITIES}`);
      for (const target of [
        `/?${CAPABILITIES}`,
        `/?${CAPABILITIES.toLowerCase()}`,
        `//?${CAPABILITIES}`,
        `/?&${CAPABILITIES}`,
        `/&${CAPABILITIES}`,
        `/?_ts=1?${CAPABILITIES}`,
        `/?_ts=1&%3F${CAPABILITIES}`,
      ])
        expect([target, (await get(target)).body]).toEqual([target, document.body]);
      await expectSameTile(TILE, [`/?${KVP_TILE}`, `/?${KVP_TILE.replaceAll('TILE', 'tile')}`]);
    });

    it.each([
      ['/?service=WMS&request=GetCapabilities', 400, 'service', 'Unknown service "WMS"; expected WMTS.'],
      ['/?SERVICE=WMTS', 400, 'request', 'The parameter request is missing.'],
      ['/?REQUEST=GetCapabilities', 400, 'service', 'The parameter service is missing.'],
      ['/?service=WFS&version=2.0.0&request=GetFeature', 400, 'service', 'Unknown service "WFS"'],
    ])(
      'to the base URL that is wrong gets an exception report: %s',
      async (target, status, locator, text) => {
        const answer = await get(target);
        expect([answer.status, answer.header('content-type')]).toEqual([status, 'application/xml']);
        expect(answer.body).toContain(`locator="${locator}"`);
        expect(answer.body.replaceAll('&quot;', '"')).toContain(text);
      },
    );

    it.each(['/ows', '/wms', '/geoserver/ows', '/heat', '/xyz'])(
      'to another path gets an exception report with the URL: %s',
      async (path) => {
        const answer = await get(`${path}?${CAPABILITIES}`);
        expect([answer.status, answer.header('content-type')]).toEqual([404, 'application/xml']);
        expect(answer.body).toContain('the WMTS is at /wmts?SERVICE=WMTS&amp;REQUEST=GetCapabilities.');
      },
    );

    it('leaves the page at the base URL', async () => {
      for (const target of ['/', '/?', '/?v=1'])
        expect((await get(target)).header('content-type')).toBe('text/html; charset=utf-8');
    });

    it('without any parameter gets the document', async () => {
      const document = await get(`/wmts?${CAPABILITIES}`);
      for (const target of ['/wmts', '/wmts/', '/wmts?', '/wmts?&'])
        expect((await get(target)).body).toBe(document.body);
      expect((await get('/wmts?LAYER=all-hot')).status).toBe(400);
    });
  });

  describe('a query that was joined in another way', () => {
    it.each([
      ['a second "?"', (pairs: string[]) => `/wmts?v=19?${pairs.join('&')}`],
      ['"?" before every parameter', (pairs: string[]) => `/wmts?${pairs.join('?')}`],
      ['"&amp;"', (pairs: string[]) => `/wmts?${pairs.join('&amp;')}`],
      ['"&amp;" first', (pairs: string[]) => `/wmts?&amp;${pairs.join('&AMP;')}`],
      ['"&amp%3B"', (pairs: string[]) => `/wmts?${pairs.join('&amp%3B')}`],
      ['";"', (pairs: string[]) => `/wmts?${pairs.join(';')}`],
      ['"&" first and "&&"', (pairs: string[]) => `/wmts?&${pairs.join('&&')}&`],
      ['"??"', (pairs: string[]) => `/wmts??${pairs.join('&')}`],
      ['"%3F" first', (pairs: string[]) => `/wmts?%3F${pairs.join('&')}`],
      ['"%3f" after another parameter', (pairs: string[]) => `/wmts?v=19&%3f${pairs.join('&')}`],
      ['"?&"', (pairs: string[]) => `/wmts?v=19?&${pairs.join('&')}`],
      ['"&" instead of "?"', (pairs: string[]) => `/wmts&${pairs.join('&')}`],
      ['"&amp;" instead of "?"', (pairs: string[]) => `/wmts/&amp;${pairs.join('&amp;')}`],
    ])('by %s is the same tile', async (_name, join) => {
      await expectSameTile(TILE, [join(KVP_TILE.split('&'))]);
    });

    it('is the same px', () =>
      expectSameTile('/xyz/all/hot/3/4/2.png', [
        '/tiles/all/hot/3/4/2.png?v=19?px=256',
        '/tiles/all/hot/3/4/2.png?v=19&amp;px=256',
        '/tiles/all/hot/3/4/2.png?v=19;px=256',
        '/tiles/all/hot/3/4/2.png&px=256',
      ]));

    it('leaves a ";" in a value, which is refused', async () => {
      expect(await detailOf(`/wmts?${KVP_TILE.replace('TILEROW=2', 'TILEROW=2;1')}`)).toMatch(
        /^400 .*TileRow.*2;1/s,
      );
    });
  });

  describe("Strava's own names of sports", () => {
    it('are the same tile, and Content-Location names the canonical URL', async () => {
      for (const [found, canonical] of [
        ['All', 'all'],
        ['RunLike', 'run'],
        ['RideLike', 'ride'],
        ['WaterLike', 'water'],
        ['WinterLike', 'winter'],
        ['Hike', 'sport_Hike'],
        ['Run', 'sport_Run'],
        ['EMountainBikeRide', 'sport_EMountainBikeRide'],
      ])
        for (const form of [
          'xyz/SPORT/hot/3/4/2@2x.png',
          'tms/1.0.0/SPORT-hot@2x/3/4/5.png',
          'identified/globalheat/SPORT/hot/3/4/2.png',
          'identified/globalheat/SPORT/hot/3/4/2.png?px=512',
          'global/hot/SPORT/3/4/2.png',
          'tiles-auth/SPORT/hot/3/4/2.png',
          'SPORT/hot/3/4/2.png',
        ]) {
          const address = `/${form.replace('SPORT', canonical!)}`;
          await expectSameTile(address, [`/${form.replace('SPORT', found!)}`]);
          expect((await get(address)).header('content-location')).toBeUndefined();
          for (const prefix of ['', '/k/a-key']) {
            const base = `http://gateway.example${prefix}`;
            const answer = await get(`${prefix}/${form.replace('SPORT', found!)}`);
            const location = answer.header('content-location')!;
            expect(new URL(location, `${base}/${form.replace('SPORT', found!)}`).href).toBe(
              `${base}${address}`,
            );
            expect(location).not.toContain('a-key');
          }
        }
    });

    it('are the same documents with the canonical URLs', async () => {
      for (const [found, canonical] of [
        ['/tilejson/Hike/hot.json', '/tilejson/sport_Hike/hot.json'],
        ['/tilejson/RunLike/blue@2x.json', '/tilejson/run/blue@2x.json'],
        ['/tms/1.0.0/Hike-hot', '/tms/1.0.0/sport_Hike-hot'],
        ['/tms/1.0.0/All-hot@2x/tilemapresource.xml', '/tms/1.0.0/all-hot@2x'],
        [`/wmts?${CAPABILITIES}&sports=Hike,RunLike`, `/wmts?${CAPABILITIES}&sports=sport_Hike,run`],
      ] as const)
        expect((await get(found)).body).toBe((await get(canonical)).body);
    });

    it('are no layer identifiers of WMTS, whose error names the identifier', async () => {
      expect(await detailOf(REST.replace('all-hot', 'Hike-hot'))).toBe(
        '404 Unknown layer "Hike-hot"; expected {sport}-{color}, e.g. sport_Hike-hot.',
      );
      expect(await detailOf(`/wmts?${KVP_TILE.replace('all-hot', 'RUNLIKE-Hot')}`)).toContain(
        'e.g. run-hot.',
      );
    });

    it.each([
      ['hike', 'sport_Hike'],
      ['HIKE', 'sport_Hike'],
      ['sport_hike', 'sport_Hike'],
      ['runlike', 'run'],
      ['ALL', 'all'],
      ['both', 'all'],
      ['cycling', 'ride'],
      ['Chess', 'an id such as all, ride or sport_Run'],
      ['Yoga', 'an id such as all, ride or sport_Run'],
      ['sport_Yoga', 'an id such as all, ride or sport_Run'],
    ])('in another spelling are refused with the id: %s', async (sport, expected) => {
      expect(await detailOf(`/xyz/${sport}/hot/3/4/2.png`)).toBe(
        `404 Unknown sport "${sport}"; expected ${expected}.`,
      );
    });

    it('have no Content-Location in an error', async () => {
      expect((await get('/xyz/Hike/hot/3/9/2.png')).header('content-location')).toBeUndefined();
      setup.simulator.switches.tiles = { kind: 'reset' };
      const failed = await get('/xyz/Swim/hot/14/8000/5000.png');
      expect([failed.status, failed.header('content-location')]).toEqual([502, undefined]);
    });
  });
});

describe('with API keys', () => {
  const ONE_TILE_KEY = 'a-narrow-key-0123456789';
  const SLOW_KEY = 'a-slow-key-0123456789';

  beforeEach(async () => {
    await setup.start({
      cookies: 'full',
      keys: {
        keys: [
          { id: 'any', key: KEY },
          { id: 'narrow', key: ONE_TILE_KEY, layers: ['sport_Hike-hot'] },
          { id: 'slow', key: SLOW_KEY, rateLimit: { max: 2, seconds: 60 } },
        ],
      },
      env: { ADMIN_KEY: 'an-admin-key-0123456789', MANAGEMENT_PORT: '0' },
    });
  });

  it('a target in another form needs the key as the canonical one does', async () => {
    for (const target of [
      `/${TILE}`,
      TILE.replace('@', '%40'),
      '//',
      `/?${CAPABILITIES}`,
      '/wmts/1.0.0',
      '/WMTSCapabilities.xml',
      '/all/hot/3/4/2.png',
      '/secret/hot/3/4/2.png',
      '/tiles/all/hot/3/4/2.png?Key-Pair-Id=a&Policy=b&Signature=c',
      '/ows',
      '//k//xyz/all/hot/3/4/2.png',
      '/xyz/Hike/hot/3/4/2.png',
      '/health/../xyz/all/hot/3/4/2.png',
    ]) {
      const { status, header } = await get(target);
      expect([target, status, header('location')]).toEqual([target, 401, undefined]);
    }
    expect((await get('//health')).status).toBe(200);
  });

  it('a key in a query that was joined in another way is that key', async () => {
    for (const target of [
      `/wmts?key=${KEY}?${CAPABILITIES}`,
      `/wmts?${CAPABILITIES}?key=${KEY}`,
      `/wmts?${CAPABILITIES}&amp;key=${KEY}`,
      `/wmts?key=${KEY}&amp;${CAPABILITIES}`,
      `/wmts?key=${KEY};${CAPABILITIES}`,
      `/wmts&key=${KEY}&${CAPABILITIES}`,
      `/?key=${KEY}?${CAPABILITIES}`,
      `${TILE}?key=${KEY}?v=19`,
      `${TILE}?v=19?key=${KEY}`,
      `${TILE}&key=${KEY}`,
      `${TILE}?key=${KEY}?`,
      `/wmts?key=${KEY}`,
    ])
      expect([target, (await get(target)).status]).toEqual([target, 200]);
    const document = await get(`/wmts?key=${KEY}?${CAPABILITIES}`);
    expect(document.body).toContain(`/wmts?key=${KEY}&amp;"`);
    for (const target of [
      `${TILE}?key=${KEY}?key=other`,
      `${TILE}&key=other&amp;key=${KEY}`,
      `${TILE}?key=${KEY}%3Fv=19`,
    ])
      expect([target, (await get(target)).status]).toEqual([target, 401]);
    expect(setup.gateway.log()).not.toContain(KEY);
  });

  it('a key in the path before doubled slashes is that key, and is not logged', async () => {
    for (const target of [
      `/k/${KEY}/${TILE}`,
      `//k/${KEY}${TILE}`,
      `/k/${KEY}/?${CAPABILITIES}`,
      `/k/${KEY}?${CAPABILITIES}`,
    ])
      expect([target, (await get(target)).status]).toEqual([target, 200]);
    expect((await get(`/k//${KEY}/hot/3/4/2.png`)).status).toBe(401);
    expect((await get(`/${KEY}/hot/3/4/2.png`)).status).toBe(401);
    expect((await get(`/${KEY}/hot/3/4/2.png?key=${KEY}`)).status).toBe(404);
    expect(setup.gateway.log()).not.toContain(KEY);
  });

  it('a signature of the upstream is not logged, and goes nowhere', async () => {
    const signature = 'Key-Pair-Id=canary-1&Policy=canary-2&Signature=canary-3';
    for (const target of [
      `/tiles-auth/all/hot/3/4/2.png?${signature}&key=${KEY}`,
      `/tiles/all/hot/3/4/2.png?key=${KEY}&amp;${signature}`,
      `/tiles/all/hot/3/4/2.png&${signature}&key=${KEY}`,
    ])
      expect([target, (await get(target)).status]).toEqual([target, 200]);
    await get(`/tiles-auth/all/hot/3/4/2.png?${signature}`);
    await get(`/tiles-auth/all/hot/3/4/2.png&${signature}`);
    expect(setup.gateway.log()).not.toContain('canary');
    expect(JSON.stringify(setup.simulator.requests)).not.toContain('canary');
  });

  it('a redirect keeps the key in its form, and the trusted prefix', async () => {
    const { url } = setup.gateway;
    const document = '/wmts/1.0.0/WMTSCapabilities.xml';
    for (const [target, headers, location] of [
      [`/wmts/1.0.0?key=${KEY}`, {}, `${url}${document}?key=${KEY}`],
      [`/k/${KEY}/WMTSCapabilities.xml`, {}, `${url}/k/${KEY}${document}`],
      ['/1.0.0/WMTSCapabilities.xml', { 'X-API-Key': KEY }, `${url}${document}`],
      ['/wmts/1.0.0', { 'X-API-Key': KEY, 'X-Forwarded-Prefix': '/heat' }, `${url}${document}`],
    ] as [string, Record<string, string>, string][]) {
      const answer = await get(target, headers);
      expect([target, answer.status, answer.header('location')]).toEqual([target, 308, location]);
    }
    await setup.start({ env: { PUBLIC_URL: 'https://maps.example/heat' }, keys: { keys: [KEY] } });
    const answer = await get(`/wmts/1.0.0?key=${KEY}`);
    expect(answer.header('location')).toBe(`https://maps.example/heat${document}?key=${KEY}`);
    await setup.start({ env: { TRUST_PROXY: '127.0.0.1' } });
    const behindProxy = await get('/wmts/1.0.0', {
      'X-Forwarded-Prefix': '/heat',
      'X-Forwarded-Host': 'maps.example',
    });
    expect(behindProxy.header('location')).toBe(`http://maps.example/heat${document}`);
  });

  it('doubled slashes pass no other check: admin key, management port, limit, scope', async () => {
    const key = { 'X-API-Key': KEY };
    for (const [target, status] of [
      ['//admin/status', 401],
      ['//admin//status', 401],
      [`/k/${KEY}//admin/status`, 401],
      ['//metrics', 404],
      ['/livez//', 404],
    ] as const)
      expect([target, (await get(target, key)).status]).toEqual([target, status]);
    const management = await rawRequest(setup.gateway.managementUrl!, `/${TILE}`, key);
    expect(management.status).toBe(404);
    const narrow = { 'X-API-Key': ONE_TILE_KEY };
    expect((await get(`/${TILE}`, narrow)).status).toBe(403);
    expect((await get('/xyz/Run/hot/3/4/2.png', narrow)).status).toBe(403);
    expect((await get('/xyz/Hike/hot/3/4/2.png', narrow)).status).toBe(200);
    const statuses = [];
    for (const slashes of ['', '/', '//', '///'])
      statuses.push((await get(`${slashes}${TILE}`, { 'X-API-Key': SLOW_KEY })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
