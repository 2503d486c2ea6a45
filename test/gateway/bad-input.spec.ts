/** Malformed input: it gets a 4xx problem and causes no upstream request. */
import { describe, expect, it } from '@jest/globals';
import { rawRequest } from '../support/raw-request.js';
import { withGateway } from '../support/with-gateway.js';
import { only, parseXml, text } from '../support/xml.js';

const setup = withGateway({ cookies: 'full' }, { per: 'suite' });

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

/** Queries are percent-encoded, so these are numbers there. */
const VALID_IN_A_QUERY = ['%31'];

async function expectProblem(target: string): Promise<void> {
  const { status, head, body } = await rawRequest(setup.gateway.url, target);
  expect([target, status >= 400 && status < 500]).toEqual([target, true]);
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('cache-control: no-store');
  expect(JSON.parse(body)).toMatchObject({ status, detail: expect.stringMatching(/.{20,}/) });
}

describe('an invalid number', () => {
  it.each(Object.keys(PATHS))(
    'in any position of a %s URL gets a 4xx problem and causes no upstream request',
    async (name) => {
      const before = setup.simulator.counters.requests.tiles;
      for (const bad of BAD_NUMBERS)
        for (const target of [
          PATHS[name]!(bad, '0', '0'),
          PATHS[name]!('1', bad, '0'),
          PATHS[name]!('1', '0', bad),
        ])
          await expectProblem(target);
      expect(setup.simulator.counters.requests.tiles).toBe(before);
    },
  );

  it('in any position of a KVP request gets an exception report with the locator', async () => {
    const before = setup.simulator.counters.requests.tiles;
    for (const bad of BAD_NUMBERS.filter((number) => !VALID_IN_A_QUERY.includes(number)))
      for (const [target, locator] of [
        [kvp(bad, '0', '0'), 'TileMatrix'],
        [kvp('1', bad, '0'), 'TileCol'],
        [kvp('1', '0', bad), 'TileRow'],
      ] as const) {
        const { status, head, body } = await rawRequest(setup.gateway.url, target);
        expect([target, status]).toEqual([target, 400]);
        // A target that is not valid HTTP has no encoding.
        if (/[^\x20-\x7e]/.test(target)) continue;
        expect(head).toContain('content-type: application/xml');
        expect([target, /exceptionCode="(\w+)" locator="(\w+)"/.exec(body)?.[2]]).toEqual([target, locator]);
      }
    expect(setup.simulator.counters.requests.tiles).toBe(before);
  });
});

describe('an invalid word', () => {
  it.each([
    ['an unknown sport', '/xyz/sport_Chess/hot/0/0/0.png'],
    ['a list of sports', '/xyz/ride,run/hot/0/0/0.png'],
    ['an unknown colour', '/xyz/all/pink/0/0/0.png'],
    ['a JavaScript property as sport', '/xyz/__proto__/hot/0/0/0.png'],
    ['a JavaScript property as colour', '/xyz/all/constructor/0/0/0.png'],
    ['a JavaScript property as size', '/xyz/all/hot/0/0/0@__proto__.png'],
    ['an unknown size', '/xyz/all/hot/0/0/0@3x.png'],
    ['two sizes', '/xyz/all/hot/0/0/0@2x@2x.png'],
    ['another format', '/xyz/all/hot/0/0/0.jpg'],
    ['a traversal', '/xyz/all/hot/0/0/../../../../health'],
    ['a traversal at the end', '/xyz/all/hot/0/0/..'],
    ['a missing segment', '/xyz/all/hot/0/0.png'],
    ['one segment more', '/xyz/all/hot/0/0/0/0.png'],
    ['a size the upstream does not have', '/identified/globalheat/all/hot/0/0/0.png?px=100'],
    ['a repeated size', '/identified/globalheat/all/hot/0/0/0.png?px=256&px=512'],
    ['a zoom level beyond those of 512 px', '/xyz/all/hot/16/0/0@2x.png'],
    ['a zoom level beyond those of 1024 px', '/xyz/all/hot/15/0/0@4x.png'],
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
    ['a target in absolute form for another host', 'http://upstream.example/xyz/all/hot/0/0/0.png'],
    ['a target without a slash', 'xyz/all/hot/0/0/0.png'],
    ['broken percent-encoding', '/xyz/all/hot/0/0/%zz.png'],
  ])('%s gets a 4xx problem and causes no upstream request', async (_name, target) => {
    const before = setup.simulator.counters.requests.tiles;
    await expectProblem(target);
    expect(setup.simulator.counters.requests.tiles).toBe(before);
  });

  it('in the Accept header gets 406 for a document, unlike the header of browsers and Java', async () => {
    const status = async (accept: string) =>
      (await rawRequest(setup.gateway.url, '/wmts/1.0.0/WMTSCapabilities.xml', { Accept: accept })).status;
    expect(await status('example/unknown')).toBe(406);
    expect(await status('application/xml;q=0')).toBe(406);
    expect(await status('text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2')).toBe(200);
    expect(await status('application/xml')).toBe(200);
  });

  it('in RESTful WMTS gets an exception report if the client accepts XML', async () => {
    const answer = await rawRequest(setup.gateway.url, PATHS['RESTful WMTS']!('1', '0', '7'), {
      Accept: 'application/xml',
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('exceptionCode="TileOutOfRange" locator="TileRow"');
  });
});

describe('KVP', () => {
  const valid = kvp('1', '0', '1');

  it.each([
    ['no service', '/wmts?REQUEST=GetCapabilities', 400, 'MissingParameterValue', 'service'],
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
    ['no version', valid.replace('&VERSION=1.0.0', ''), 400, 'MissingParameterValue', 'version'],
    ['another version', valid.replace('1.0.0', '1.1.0'), 400, 'InvalidParameterValue', 'version'],
    ['an empty layer', valid.replace('all-hot', ''), 400, 'MissingParameterValue', 'layer'],
    ['an unknown layer', valid.replace('all-hot', 'ALL-HOT'), 400, 'InvalidParameterValue', 'layer'],
    ['no style', valid.replace('&STYLE=default', ''), 400, 'MissingParameterValue', 'style'],
    ['an unknown style', valid.replace('=default', '=Default'), 400, 'InvalidParameterValue', 'style'],
    ['no format', valid.replace('&FORMAT=image/png', ''), 400, 'MissingParameterValue', 'format'],
    ['another format', valid.replace('image/png', 'image/jpeg'), 400, 'InvalidParameterValue', 'format'],
    [
      'no set',
      valid.replace('&TILEMATRIXSET=GoogleMapsCompatible', ''),
      400,
      'MissingParameterValue',
      'TileMatrixSet',
    ],
    [
      'an unknown set',
      valid.replace('GoogleMaps', 'Googlemaps'),
      400,
      'InvalidParameterValue',
      'TileMatrixSet',
    ],
    ['no matrix', valid.replace('&TILEMATRIX=1&', '&'), 400, 'MissingParameterValue', 'TileMatrix'],
    ['no row', valid.replace('&TILEROW=1', ''), 400, 'MissingParameterValue', 'TileRow'],
    ['no column', valid.replace('&TILECOL=0', ''), 400, 'MissingParameterValue', 'TileCol'],
    ['a row outside', kvp('1', '0', '2'), 400, 'TileOutOfRange', 'TileRow'],
    ['a column outside', kvp('1', '2', '0'), 400, 'TileOutOfRange', 'TileCol'],
    ['a row below', kvp('1', '0', '-1'), 400, 'TileOutOfRange', 'TileRow'],
    ['two rows', `${valid}&tilerow=0`, 400, 'InvalidParameterValue', 'TileRow'],
    ['the same row twice', `${valid}&TILEROW=1`, 400, 'InvalidParameterValue', 'TileRow'],
    ['two services', `${valid}&service=WMS`, 400, 'InvalidParameterValue', 'service'],
    [
      'an unknown section',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&Sections=Nothing',
      400,
      'InvalidParameterValue',
      'Sections',
    ],
    [
      'an empty list of sections',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&sections=',
      400,
      'MissingParameterValue',
      'Sections',
    ],
    [
      'an unknown TileMatrixSet of the document',
      '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&tileMatrixSets=EPSG:3857',
      400,
      'InvalidParameterValue',
      'tileMatrixSets',
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
    'with %s gets the exceptionCode and locator of the standard',
    async (_name, target, status, code, locator) => {
      const answer = await rawRequest(setup.gateway.url, target);
      expect(answer.status).toBe(status);
      expect(answer.head).toContain('content-type: application/xml');
      expect(answer.head).toContain('cache-control: no-store');
      const [, foundCode, foundLocator] =
        /exceptionCode="(\w+)"(?: locator="(\w+)")?/.exec(answer.body) ?? [];
      expect([foundCode, foundLocator]).toEqual([code, locator]);
    },
  );

  it('ignores unknown parameters, also if repeated, and empty lists', async () => {
    const document = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
    const complete = await rawRequest(setup.gateway.url, document);
    for (const more of ['&_ts=1&_ts=2', '&AcceptVersions=,', '&sports=,&colors=', '&tileMatrixSets='])
      expect((await rawRequest(setup.gateway.url, document + more)).body).toBe(complete.body);
  });

  it('accepts an identical SERVICE, REQUEST and VERSION twice, because some clients append them', async () => {
    const answer = await rawRequest(setup.gateway.url, `${valid}&service=WMTS&request=GetTile&version=1.0.0`);
    expect(answer.status).toBe(200);
  });
});

describe('input in an error message', () => {
  it('keeps its own characters in a JSON problem', async () => {
    // Written as it is: a path with percent-encoding is refused before it is parsed.
    const { body } = await rawRequest(setup.gateway.url, `/xyz/a"<b>&'/hot/0/0/0.png`);
    expect(JSON.parse(body).detail).toContain(`Unknown sport "a"<b>&'"; `);
  });

  it('is escaped in an exception report', async () => {
    const input = `a"<b>&'é`;
    const target = `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&SPORTS=${encodeURIComponent(input)}`;
    const body = Buffer.from((await rawRequest(setup.gateway.url, target)).body, 'latin1').toString();
    expect(body).not.toContain('<b>');
    const exception = only(parseXml(body), 'ows:Exception');
    expect(text(exception, 'ows:ExceptionText')).toContain(`Unknown value "${input}" in sports; `);
  });
});

it('other methods get 405, and OPTIONS lists the methods', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await fetch(`${setup.gateway.url}/xyz/all/hot/0/0/0.png`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
  const options = await fetch(`${setup.gateway.url}/xyz/all/hot/0/0/0.png`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
});

it('the gateway still serves tiles after malformed input, and logs no error', async () => {
  expect((await rawRequest(setup.gateway.url, '/xyz/all/hot/0/0/0.png')).status).toBe(200);
  expect(setup.gateway.log()).not.toMatch(/"level":"(error|fatal)"/);
});
