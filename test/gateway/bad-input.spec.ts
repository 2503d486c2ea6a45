import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';
import { rawRequest } from '../support/raw-request.js';

let simulator: Simulator;
let running: RunningGateway;

beforeAll(async () => {
  simulator = await startSimulator();
  running = await startGateway(simulator, { cookies: fullCookies(simulator) });
});

afterAll(async () => {
  await running.close();
  await simulator.close();
});

const BAD_NUMBERS = [
  '-1',
  '-0',
  '+1',
  '99999999999999999999999999',
  '4294967296',
  '1.5',
  '1.0',
  '0x1',
  '1e2',
  '01',
  '00',
  '',
  'NaN',
  'Infinity',
  '1;2',
  '1,2',
  '%31',
  '%00',
  '1%00',
  '%2e%2e',
  '..',
  '..%2f..%2fetc',
  '\x01',
  '\xff\xfe',
  '١',
  '$1',
  '{x}',
  'a'.repeat(5000),
  '9'.repeat(90),
];

const PATHS: Record<string, (z: string, x: string, y: string) => string> = {
  XYZ: (z, x, y) => `/xyz/all/hot/${z}/${x}/${y}.png`,
  'XYZ 512': (z, x, y) => `/xyz/all/hot/${z}/${x}/${y}@2x.png`,
  'RESTful WMTS': (z, x, y) => `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/${z}/${y}/${x}.png`,
  TMS: (z, x, y) => `/tms/1.0.0/all-hot/${z}/${x}/${y}.png`,
  'upstream form': (z, x, y) => `/identified/globalheat/all/hot/${z}/${x}/${y}.png`,
  'worker form': (z, x, y) => `/global/hot/all/${z}/${x}/${y}.png`,
};
const kvp = (z: string, x: string, y: string) =>
  `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${z}&TILEROW=${y}&TILECOL=${x}`;

/** Percent-encoding is how a query is written, so these are numbers there. */
const FINE_IN_A_QUERY = ['%31'];

async function expectProblem(target: string): Promise<void> {
  const { status, head, body } = await rawRequest(running.url, target);
  expect([target, status >= 400 && status < 500]).toEqual([target, true]);
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('cache-control: no-store');
  expect(JSON.parse(body)).toMatchObject({ status, detail: expect.stringMatching(/.{20,}/) });
}

describe('a bad number', () => {
  it.each(Object.keys(PATHS))(
    'in any place of a %s address is a 4xx problem and never goes upstream',
    async (name) => {
      const before = simulator.counters.requests.tiles;
      for (const bad of BAD_NUMBERS)
        for (const target of [
          PATHS[name]!(bad, '0', '0'),
          PATHS[name]!('1', bad, '0'),
          PATHS[name]!('1', '0', bad),
        ])
          await expectProblem(target);
      expect(simulator.counters.requests.tiles).toBe(before);
    },
  );

  it('in any place of a KVP request is an exception report with the locator', async () => {
    const before = simulator.counters.requests.tiles;
    for (const bad of BAD_NUMBERS.filter((number) => !FINE_IN_A_QUERY.includes(number)))
      for (const [target, locator] of [
        [kvp(bad, '0', '0'), 'TileMatrix'],
        [kvp('1', bad, '0'), 'TileCol'],
        [kvp('1', '0', bad), 'TileRow'],
      ] as const) {
        const { status, head, body } = await rawRequest(running.url, target);
        expect([target, status]).toEqual([target, 400]);
        // What is no HTTP at all has no encoding yet.
        if (/[^\x20-\x7e]/.test(target)) continue;
        expect(head).toContain('content-type: application/xml');
        expect([target, /exceptionCode="(\w+)" locator="(\w+)"/.exec(body)?.[2]]).toEqual([target, locator]);
      }
    expect(simulator.counters.requests.tiles).toBe(before);
  });
});

describe('a bad word', () => {
  it.each([
    ['an unknown sport', '/xyz/sport_Chess/hot/0/0/0.png'],
    ['a list of sports', '/xyz/ride,run/hot/0/0/0.png'],
    ['an unknown colour', '/xyz/all/pink/0/0/0.png'],
    ['a name of JavaScript', '/xyz/__proto__/hot/0/0/0.png'],
    ['another one as colour', '/xyz/all/constructor/0/0/0.png'],
    ['another one as size', '/xyz/all/hot/0/0/0@__proto__.png'],
    ['an unknown size', '/xyz/all/hot/0/0/0@3x.png'],
    ['two sizes', '/xyz/all/hot/0/0/0@2x@2x.png'],
    ['another format', '/xyz/all/hot/0/0/0.jpg'],
    ['a traversal', '/xyz/all/hot/0/0/../../../../health'],
    ['a traversal at the end', '/xyz/all/hot/0/0/..'],
    ['a doubled slash', '/xyz//all/hot/0/0/0.png'],
    ['a missing segment', '/xyz/all/hot/0/0.png'],
    ['one segment more', '/xyz/all/hot/0/0/0/0.png'],
    ['a size the upstream does not have', '/identified/globalheat/all/hot/0/0/0.png?px=100'],
    ['a repeated size', '/identified/globalheat/all/hot/0/0/0.png?px=256&px=512'],
    ['a zoom beyond the 512 px levels', '/xyz/all/hot/16/0/0@2x.png'],
    ['a zoom beyond the 1024 px levels', '/xyz/all/hot/15/0/0@4x.png'],
    ['an unknown style', '/wmts/1.0.0/all-hot/hot/GoogleMapsCompatible/0/0/0.png'],
    ['an unknown matrix set', '/wmts/1.0.0/all-hot/default/EPSG:3857/0/0/0.png'],
    ['an unknown layer', '/wmts/1.0.0/all/default/GoogleMapsCompatible/0/0/0.png'],
    ['an unknown TileMap', '/tms/1.0.0/all-pink'],
    ['an unknown TileJSON', '/tilejson/all/pink.json'],
    ['a TileJSON of another size', '/tilejson/all/hot@4x.json'],
    ['an unknown document', '/wmts/1.0.0/Capabilities.xml'],
    ['a document of an unknown layer', '/wmts/1.0.0/nothing/WMTSCapabilities.xml'],
    ['another version', '/wmts/2.0.0/WMTSCapabilities.xml'],
    ['a target in absolute form', 'http://127.0.0.1/xyz/all/hot/0/0/0.png'],
    ['a target in absolute form to elsewhere', 'http://upstream.example/xyz/all/hot/0/0/0.png'],
    ['a target without a slash', 'xyz/all/hot/0/0/0.png'],
    ['broken percent-encoding', '/xyz/all/hot/0/0/%zz.png'],
  ])('%s is a 4xx problem and never goes upstream', async (_name, target) => {
    const before = simulator.counters.requests.tiles;
    await expectProblem(target);
    expect(simulator.counters.requests.tiles).toBe(before);
  });

  it('in the Accept header is 406 for a document, and pictures for browsers and Java are not', async () => {
    const status = async (accept: string) =>
      (await rawRequest(running.url, '/wmts/1.0.0/WMTSCapabilities.xml', { Accept: accept })).status;
    expect(await status('example/unknown')).toBe(406);
    expect(await status('application/xml;q=0')).toBe(406);
    expect(await status('text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2')).toBe(200);
    expect(await status('application/xml')).toBe(200);
  });

  it('in RESTful WMTS is an exception report for a client that asks for XML', async () => {
    const answer = await rawRequest(running.url, PATHS['RESTful WMTS']!('1', '0', '7'), {
      Accept: 'application/xml',
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('exceptionCode="TileOutOfRange" locator="TileRow"');
  });
});

describe('KVP', () => {
  const fine = kvp('1', '0', '1');

  it.each([
    ['no parameters', '/wmts', 400, 'MissingParameterValue', 'service'],
    ['another service', '/wmts?SERVICE=WMS&REQUEST=GetMap', 400, 'InvalidParameterValue', 'service'],
    ['no request', '/wmts?SERVICE=WMTS', 400, 'MissingParameterValue', 'request'],
    ['an unknown request', '/wmts?SERVICE=WMTS&REQUEST=GetMap', 400, 'InvalidParameterValue', 'request'],
    [
      'GetFeatureInfo',
      '/wmts?SERVICE=WMTS&REQUEST=GetFeatureInfo',
      501,
      'OperationNotSupported',
      'GetFeatureInfo',
    ],
    ['no version', fine.replace('&VERSION=1.0.0', ''), 400, 'MissingParameterValue', 'version'],
    ['another version', fine.replace('1.0.0', '1.1.0'), 400, 'InvalidParameterValue', 'version'],
    ['an empty layer', fine.replace('all-hot', ''), 400, 'MissingParameterValue', 'layer'],
    ['an unknown layer', fine.replace('all-hot', 'ALL-HOT'), 400, 'InvalidParameterValue', 'layer'],
    ['no style', fine.replace('&STYLE=default', ''), 400, 'MissingParameterValue', 'style'],
    ['an unknown style', fine.replace('=default', '=Default'), 400, 'InvalidParameterValue', 'style'],
    ['no format', fine.replace('&FORMAT=image/png', ''), 400, 'MissingParameterValue', 'format'],
    ['another format', fine.replace('image/png', 'image/jpeg'), 400, 'InvalidParameterValue', 'format'],
    [
      'no set',
      fine.replace('&TILEMATRIXSET=GoogleMapsCompatible', ''),
      400,
      'MissingParameterValue',
      'TileMatrixSet',
    ],
    [
      'an unknown set',
      fine.replace('GoogleMaps', 'Googlemaps'),
      400,
      'InvalidParameterValue',
      'TileMatrixSet',
    ],
    ['no matrix', fine.replace('&TILEMATRIX=1&', '&'), 400, 'MissingParameterValue', 'TileMatrix'],
    ['no row', fine.replace('&TILEROW=1', ''), 400, 'MissingParameterValue', 'TileRow'],
    ['no column', fine.replace('&TILECOL=0', ''), 400, 'MissingParameterValue', 'TileCol'],
    ['a row outside', kvp('1', '0', '2'), 400, 'TileOutOfRange', 'TileRow'],
    ['a column outside', kvp('1', '2', '0'), 400, 'TileOutOfRange', 'TileCol'],
    ['a row below', kvp('1', '0', '-1'), 400, 'TileOutOfRange', 'TileRow'],
    ['two rows', `${fine}&tilerow=0`, 400, 'InvalidParameterValue', 'TileRow'],
    ['the same row twice', `${fine}&TILEROW=1`, 400, 'InvalidParameterValue', 'TileRow'],
    ['two services', `${fine}&service=WMS`, 400, 'InvalidParameterValue', 'service'],
    [
      'an unknown section',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&Sections=Nothing',
      400,
      'InvalidParameterValue',
      'Sections',
    ],
    [
      'unknown colours',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&colors=pink',
      400,
      'InvalidParameterValue',
      'colors',
    ],
    [
      'other versions only',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&AcceptVersions=2.0.0,0.9.0',
      400,
      'VersionNegotiationFailed',
      undefined,
    ],
    [
      'a future sequence',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&updateSequence=900000000',
      400,
      'InvalidUpdateSequence',
      undefined,
    ],
  ])(
    'with %s answers with the code and locator of the standard',
    async (_name, target, status, code, locator) => {
      const answer = await rawRequest(running.url, target);
      expect(answer.status).toBe(status);
      expect(answer.head).toContain('content-type: application/xml');
      expect(answer.head).toContain('cache-control: no-store');
      const [, foundCode, foundLocator] =
        /exceptionCode="(\w+)"(?: locator="(\w+)")?/.exec(answer.body) ?? [];
      expect([foundCode, foundLocator]).toEqual([code, locator]);
    },
  );

  it('ignores parameters that it does not know, however often they come, and lists of nothing', async () => {
    const document = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
    const whole = await rawRequest(running.url, document);
    for (const more of ['&_ts=1&_ts=2', '&Sections=,', '&AcceptVersions=,', '&sports=,&colors='])
      expect((await rawRequest(running.url, document + more)).body).toBe(whole.body);
  });

  it('takes the same SERVICE, REQUEST and VERSION twice, as clients append them', async () => {
    const answer = await rawRequest(running.url, `${fine}&service=WMTS&request=GetTile&version=1.0.0`);
    expect(answer.status).toBe(200);
  });
});

it('other methods are refused, and OPTIONS says which ones there are', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await fetch(`${running.url}/xyz/all/hot/0/0/0.png`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
  const options = await fetch(`${running.url}/xyz/all/hot/0/0/0.png`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
});

it('the process is none the worse for all of that', async () => {
  expect((await rawRequest(running.url, '/xyz/all/hot/0/0/0.png')).status).toBe(200);
  expect(running.log()).not.toMatch(/"level":(50|60)/);
});
