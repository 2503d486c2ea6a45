/** Exception reports: valid against the schema of the OGC, with the exceptionCode and locator of the standard. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { TileService } from '../../../src/tiles/index.js';
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { Switches } from '../../simulator/switches.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { rawRequest } from '../../support/raw-request.js';
import { EXCEPTION_REPORT_SCHEMA, SCHEMA_CHECK, schemaProblem } from './ogc-schema.js';
import { withSimulator } from '../../support/with-gateway.js';

const setup = withSimulator({ per: 'suite' });
const gateways = new Map<string, RunningGateway>();

const KEY = 'a-key-for_reports-0123456789';
const OLD_KEY = 'an-old-key-0123456789';
const NARROW_KEY = 'a-key-for-one-layer-0123456789';
const SLOW_KEY = 'a-slow-key-0123456789';

/** Nothing is kept, so that each tile of the table is asked for upstream. */
const ENV = { UPSTREAM_TIMEOUT_MS: '3000', TILE_CACHE_MAX_BYTES: '0' };

beforeAll(async () => {
  const keys = {
    keys: [
      KEY,
      { id: 'old', key: OLD_KEY, expires: '2020-01-01' },
      { id: 'narrow', key: NARROW_KEY, layers: ['ride-*'] },
      { id: 'slow', key: SLOW_KEY, rateLimit: { max: 1, seconds: 60 } },
    ],
  };
  gateways.set('full', await setup.start({ cookies: 'full', env: ENV }));
  gateways.set('keyed', await setup.start({ cookies: 'full', env: ENV, keys }));
  gateways.set('anonymous', await setup.start({ env: ENV }));
});

interface Report {
  readonly status: number;
  readonly code: string | undefined;
  readonly locator: string | undefined;
  readonly text: string;
  readonly head: string;
}

/** Sends `target` as it stands and reads the report; fails unless the answer is a valid one. */
async function reportOf(
  running: RunningGateway,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Report> {
  const { status, head, body } = await rawRequest(running.url, target, headers);
  expect(head.toLowerCase()).toMatch(/\r\ncontent-type: application\/xml(\r\n|$)/);
  expect(head.toLowerCase()).toContain('cache-control: no-store');
  expect(await schemaProblem(EXCEPTION_REPORT_SCHEMA, body)).toBeUndefined();
  expect(body).toMatch(/<ows:ExceptionReport [^>]*\bversion="1\.0\.0"/);
  expect(body.length).toBeLessThan(1500);
  const attribute = (name: string) => new RegExp(`<ows:Exception [^>]*\\b${name}="([^"]*)"`).exec(body)?.[1];
  const [, text = ''] = /<ows:ExceptionText>([^<]*)<\/ows:ExceptionText>/.exec(body) ?? [];
  expect(text).toMatch(/.{15,}/);
  return { status, code: attribute('exceptionCode'), locator: attribute('locator'), text, head };
}

type Parameters = Readonly<Record<string, string | undefined>>;

const GET_CAPABILITIES: Parameters = { SERVICE: 'WMTS', REQUEST: 'GetCapabilities' };
const GET_TILE: Parameters = {
  SERVICE: 'WMTS',
  REQUEST: 'GetTile',
  VERSION: '1.0.0',
  LAYER: 'all-hot',
  STYLE: 'default',
  FORMAT: 'image/png',
  TILEMATRIXSET: 'GoogleMapsCompatible',
  TILEMATRIX: '3',
  TILEROW: '2',
  TILECOL: '4',
};

/** A KVP address; a parameter that is undefined is left out. */
function kvp(...parameters: Parameters[]): string {
  const pairs = Object.entries(Object.assign({}, ...parameters) as Parameters)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `/wmts?${pairs.join('&')}`;
}

/** The mandatory parameters of GetTile, with the names that reports give them. */
const MANDATORY = {
  SERVICE: 'service',
  REQUEST: 'request',
  VERSION: 'version',
  LAYER: 'layer',
  STYLE: 'style',
  FORMAT: 'format',
  TILEMATRIXSET: 'TileMatrixSet',
  TILEMATRIX: 'TileMatrix',
  TILEROW: 'TileRow',
  TILECOL: 'TileCol',
};

type Row = readonly [name: string, target: string, status: number, code: string, locator: string | undefined];

const MISSING: Row[] = Object.entries(MANDATORY).flatMap(([name, locator]): Row[] => [
  [`no ${locator}`, kvp(GET_TILE, { [name]: undefined }), 400, 'MissingParameterValue', locator],
  [`an empty ${locator}`, kvp(GET_TILE, { [name]: '' }), 400, 'MissingParameterValue', locator],
]);

const INVALID: Row[] = (
  [
    ['another service', { SERVICE: 'WMS' }, 'service'],
    ['an unknown request', { REQUEST: 'GetMap' }, 'request'],
    ['another version', { VERSION: '1.1.0' }, 'version'],
    ['an unknown layer', { LAYER: 'all-pink' }, 'layer'],
    ['a layer in the wrong case', { LAYER: 'ALL-HOT' }, 'layer'],
    ['two layers', { LAYER: 'all-hot,ride-hot' }, 'layer'],
    ['an unknown style', { STYLE: 'hot' }, 'style'],
    ['a style in the wrong case', { STYLE: 'Default' }, 'style'],
    ['another format', { FORMAT: 'image/jpeg' }, 'format'],
    ['an unknown set', { TILEMATRIXSET: 'EPSG:3857' }, 'TileMatrixSet'],
    ['a set in the wrong case', { TILEMATRIXSET: 'googlemapscompatible' }, 'TileMatrixSet'],
    ['a matrix beyond the 256 px levels', { TILEMATRIX: '17' }, 'TileMatrix'],
    [
      'a matrix beyond the 512 px levels',
      { TILEMATRIXSET: 'WebMercatorQuadx2', TILEMATRIX: '16' },
      'TileMatrix',
    ],
    ['a matrix below', { TILEMATRIX: '-1' }, 'TileMatrix'],
    ['a matrix that is no number', { TILEMATRIX: 'EPSG:3857:3' }, 'TileMatrix'],
    ['a row that is no number', { TILEROW: '2abc' }, 'TileRow'],
    ['a column with a fraction', { TILECOL: '4.0' }, 'TileCol'],
  ] as const
).map(([name, change, locator]) => [name, kvp(GET_TILE, change), 400, 'InvalidParameterValue', locator]);

const OUTSIDE: Row[] = (
  [
    ['a row one too far', { TILEROW: '8' }, 'TileRow'],
    ['a row below', { TILEROW: '-1' }, 'TileRow'],
    ['a column one too far', { TILECOL: '8' }, 'TileCol'],
    ['a column below', { TILECOL: '-1' }, 'TileCol'],
    ['a row far out', { TILEROW: '99999999999999' }, 'TileRow'],
    [
      'a row one too far in the 512 px set',
      { TILEMATRIXSET: 'WebMercatorQuadx2', TILEMATRIX: '15', TILEROW: '32768' },
      'TileRow',
    ],
  ] as const
).map(([name, change, locator]) => [name, kvp(GET_TILE, change), 400, 'TileOutOfRange', locator]);

const DOCUMENT: Row[] = (
  [
    ['an unknown section', { Sections: 'Contents,Nothing' }, 'InvalidParameterValue', 'Sections'],
    ['an unknown sport', { sports: 'all,sport_Chess' }, 'InvalidParameterValue', 'sports'],
    ['an unknown colour', { colors: 'pink' }, 'InvalidParameterValue', 'colors'],
    ['other versions only', { AcceptVersions: '2.0.0,0.9.0' }, 'VersionNegotiationFailed', undefined],
    ['a version that begins alike', { AcceptVersions: '1.0' }, 'VersionNegotiationFailed', undefined],
    ['a sequence from the future', { updateSequence: '899999999' }, 'InvalidUpdateSequence', undefined],
  ] as const
).map(([name, change, code, locator]) => [name, kvp(GET_CAPABILITIES, change), 400, code, locator]);

const OTHER: Row[] = [
  ['an unknown parameter alone', '/wmts?f=xml', 400, 'MissingParameterValue', 'service'],
  [
    'GetFeatureInfo',
    kvp(GET_TILE, { REQUEST: 'GetFeatureInfo', I: '1', J: '1', INFOFORMAT: 'text/plain' }),
    501,
    'OperationNotSupported',
    'GetFeatureInfo',
  ],
  ['two rows', `${kvp(GET_TILE)}&tilerow=3`, 400, 'InvalidParameterValue', 'TileRow'],
  ['two services', `${kvp(GET_TILE)}&service=WMS`, 400, 'InvalidParameterValue', 'service'],
];

const TILE = '/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/3/2/4.png';
const RESTFUL: Row[] = (
  [
    ['an unknown layer', TILE.replace('all-hot', 'all'), 'InvalidParameterValue', 'layer'],
    ['an unknown style', TILE.replace('default', 'hot'), 'InvalidParameterValue', 'style'],
    ['an unknown set', TILE.replace('Compatible', ''), 'InvalidParameterValue', 'TileMatrixSet'],
    ['another format', TILE.replace('.png', '.jpg'), 'InvalidParameterValue', 'format'],
    ['a matrix that is not there', TILE.replace('/3/', '/17/'), 'InvalidParameterValue', 'TileMatrix'],
    ['a row that is no number', TILE.replace('/2/', '/x/'), 'InvalidParameterValue', 'TileRow'],
    ['a row outside', TILE.replace('/2/', '/8/'), 'TileOutOfRange', 'TileRow'],
    ['a column outside', TILE.replace('4.png', '8.png'), 'TileOutOfRange', 'TileCol'],
    [
      'a document of an unknown layer',
      '/wmts/1.0.0/nothing/WMTSCapabilities.xml',
      'InvalidParameterValue',
      'layer',
    ],
    ['an unknown document', '/wmts/1.0.0/Capabilities.xml', 'NoApplicableCode', undefined],
    ['another version', '/wmts/2.0.0/WMTSCapabilities.xml', 'NoApplicableCode', undefined],
  ] as const
).map(([name, target, code, locator]) => [name, target, 404, code, locator]);

const deep = tileWithHeat(13);
const DEEP_TILE = kvp(GET_TILE, {
  TILEMATRIX: String(deep.z),
  TILEROW: String(deep.y),
  TILECOL: String(deep.x),
});

const TROUBLE: [string, Partial<Switches>, status: number][] = [
  ['a page instead of a picture', { tiles: { kind: 'html' } }, 502],
  ['half a picture', { tiles: { kind: 'truncated' } }, 502],
  ['a picture of another size', { tiles: { kind: 'wrong-size' } }, 502],
  ['a reset connection', { tiles: { kind: 'reset' } }, 502],
  ['status 500', { tiles: { kind: 'status', status: 500 } }, 502],
  ['status 400', { tiles: { kind: 'status', status: 400 } }, 502],
  ['no answer in time', { tiles: { kind: 'stall' } }, 504],
  ['a body that does not end', { tiles: { kind: 'stall-body' } }, 504],
];

const HOSTILE: [string, string][] = [
  ['a NUL', 'all\0hot'],
  ['control characters', '\x01\x02\x08\x0b\x0c\x1b\x1f\x7f\x80\x9f'],
  ['line ends', 'all\r\nX-Injected: yes\r\n\r\n<html>'],
  [
    'markup',
    '</ows:ExceptionText><script>alert(1)</script><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
  ],
  ['the end of a CDATA section', ']]>&amp;<![CDATA['],
  ['quotes', `" onload="alert(1)" '`],
  ['10 kB of text', 'x'.repeat(10_000)],
  ['emoji', '🗺️🔥👩‍👩‍👧‍👦'],
  ['10 kB of emoji in part', `${'x'.repeat(39)}${'🔥'.repeat(500)}`],
  ['characters that XML does not have', '\ufffe\uffff\ufdd0'],
  ['text from right to left', '\u202etoh-lla'],
  ['a template', '${jndi:ldap://x}{TileRow}%s%n'],
  ['a path', '../../../../etc/passwd'],
  ['a name of JavaScript', '__proto__'],
  ['another name of JavaScript', 'constructor'],
];

describeWith(SCHEMA_CHECK, 'an exception report', () => {
  it('without its code is refused by the schema', async () => {
    const { body } = await rawRequest(gateways.get('full')!.url, '/wmts?SERVICE=WMTS');
    const broken = body.replace(/exceptionCode="\w+"/, '');
    expect(await schemaProblem(EXCEPTION_REPORT_SCHEMA, broken)).toContain("'exceptionCode'");
  });

  it.each([...MISSING, ...INVALID, ...OUTSIDE, ...DOCUMENT, ...OTHER])(
    'is valid and exact for %s',
    async (_name, target, status, code, locator) => {
      const report = await reportOf(gateways.get('full')!, target);
      expect(report).toMatchObject({ status, code, locator });
    },
  );

  it.each(RESTFUL)(
    'is valid and exact for a RESTful client that accepts XML and gets %s',
    async (_name, target, status, code, locator) => {
      for (const accept of ['application/xml', 'text/html, text/xml;q=0.9']) {
        const report = await reportOf(gateways.get('full')!, target, { Accept: accept });
        expect(report).toMatchObject({ status, code, locator });
      }
    },
  );

  describe('for a key', () => {
    const ANY_TILE = kvp(GET_TILE);
    it.each([
      ['that is missing', ANY_TILE, {}],
      ['that is missing from a document', kvp(GET_CAPABILITIES), {}],
      ['that is missing from a request that is wrong in other ways', '/wmts', {}],
      ['that is unknown', `${ANY_TILE}&key=nobodys-key`, {}],
      ['that is unknown, in the path', `/k/nobodys-key${ANY_TILE}`, {}],
      ['that is unknown, in a header', ANY_TILE, { 'X-API-Key': 'nobodys-key' }],
      ['that is empty', `${ANY_TILE}&key=`, {}],
      ['that is malformed', `${ANY_TILE}&key=${encodeURIComponent('<\0>&"🔑')}`, {}],
      ['that has expired', `${ANY_TILE}&key=${OLD_KEY}`, {}],
      ['that is not alone', `/k/${KEY}${ANY_TILE}&key=${OLD_KEY}`, {}],
    ] as [string, string, Record<string, string>][])(
      '%s is valid with 401',
      async (_name, target, headers) => {
        const { status, code, locator, text, head } = await reportOf(gateways.get('keyed')!, target, headers);
        expect([status, code, locator]).toEqual([401, 'NoApplicableCode', undefined]);
        expect(head.toLowerCase()).toContain('www-authenticate: ');
        for (const secret of [KEY, OLD_KEY, 'nobodys-key']) expect(text).not.toContain(secret);
      },
    );

    it('that is missing is valid with 401 for a RESTful client that asks for XML', async () => {
      const report = await reportOf(gateways.get('keyed')!, TILE, { Accept: 'application/xml' });
      expect(report).toMatchObject({ status: 401, code: 'NoApplicableCode', locator: undefined });
    });

    it('that does not open the layer is valid with 403', async () => {
      const report = await reportOf(gateways.get('keyed')!, `${ANY_TILE}&key=${NARROW_KEY}`);
      expect(report).toMatchObject({ status: 403, code: 'NoApplicableCode', locator: undefined });
    });

    it('that is used too often is valid with 429 and Retry-After', async () => {
      await rawRequest(gateways.get('keyed')!.url, `${ANY_TILE}&key=${SLOW_KEY}`);
      const report = await reportOf(gateways.get('keyed')!, `${ANY_TILE}&key=${SLOW_KEY}`);
      expect(report).toMatchObject({ status: 429, code: 'NoApplicableCode', locator: undefined });
      expect(report.head.toLowerCase()).toMatch(/\r\nretry-after: [1-9]/);
    });

    it('that opens everything is valid and exact as in open mode', async () => {
      const target = kvp(GET_TILE, { TILEROW: '8' });
      for (const form of [`${target}&key=${KEY}`, `/k/${KEY}${target}`])
        expect(await reportOf(gateways.get('keyed')!, form)).toMatchObject({
          status: 400,
          code: 'TileOutOfRange',
          locator: 'TileRow',
        });
    });
  });

  it.each(TROUBLE)('is valid when the upstream gives %s', async (_name, switches, status) => {
    Object.assign(setup.simulator.switches, switches);
    const report = await reportOf(gateways.get('full')!, DEEP_TILE);
    expect(report).toMatchObject({ status, code: 'NoApplicableCode', locator: undefined });
    expect(report.head).not.toMatch(/\r\nretry-after:/i);
    expect(report.text).not.toContain(new URL(setup.simulator.tilesUrl).port);
  });

  it('is valid with 503 and Retry-After when the upstream asks for fewer requests', async () => {
    setup.simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 90 };
    const running = await setup.start({ cookies: 'full', env: ENV });
    const report = await reportOf(running, DEEP_TILE);
    expect(report).toMatchObject({ status: 503, code: 'NoApplicableCode', locator: undefined });
    expect(report.head).toMatch(/\r\nretry-after: (?:90|89)\r\n/i);
  });

  it('is valid with 503 and Retry-After when the session has ended', async () => {
    setup.simulator.switches.endedSession = 'redirect';
    const running = await setup.start({ cookies: 'session', env: ENV });
    const report = await reportOf(running, DEEP_TILE);
    expect(report).toMatchObject({ status: 503, code: 'NoApplicableCode', locator: undefined });
    expect(report.head.toLowerCase()).toMatch(/\r\nretry-after: [1-9]/);
    expect(report.text).toMatch(/session/);
  });

  it('is valid with 503 and Retry-After when the queue is full', async () => {
    const running = await setup.start({
      cookies: 'full',
      env: { ...ENV, UPSTREAM_MAX_CONCURRENCY: '1', UPSTREAM_MAX_QUEUE: '1' },
    });
    const tiles = [10, 11, 12].map((z) => {
      const { x, y } = tileWithHeat(z);
      return kvp(GET_TILE, { TILEMATRIX: String(z), TILEROW: String(y), TILECOL: String(x) });
    });
    setup.simulator.switches.tiles = { kind: 'stall' };
    const reports = await Promise.all(tiles.map((target) => reportOf(running, target)));
    // One request is in flight until its timeout, one waits in the queue and may time out too, one exceeds the queue.
    expect(reports.filter(({ status }) => status !== 504).map(({ status }) => status)).toContain(503);
    expect(reports.map(({ status }) => status)).toContain(504);
    for (const { status, code, locator, head } of reports) {
      expect([code, locator]).toEqual(['NoApplicableCode', undefined]);
      expect([status, /\r\nretry-after: [1-9]/i.test(head)]).toEqual([status, status === 503]);
    }
  });

  it('is valid and has the locator TileMatrix for a zoom level that needs cookies', async () => {
    const byKvp = await reportOf(gateways.get('anonymous')!, DEEP_TILE);
    expect(byKvp).toMatchObject({ status: 400, code: 'InvalidParameterValue', locator: 'TileMatrix' });
    expect(byKvp.text).toMatch(/cookies/);
    const byPath = await reportOf(
      gateways.get('anonymous')!,
      TILE.replace('3/2/4', `${deep.z}/${deep.y}/${deep.x}`),
      { Accept: 'application/xml' },
    );
    expect(byPath.status).toBe(404);
  });

  it('is valid with 400 for an invalid Host', async () => {
    const report = await reportOf(gateways.get('full')!, kvp(GET_CAPABILITIES), { Host: '"><x y="' });
    expect(report).toMatchObject({ status: 400, code: 'NoApplicableCode', locator: undefined });
  });

  it('is valid with 405 for another method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await fetch(`${gateways.get('full')!.url}${kvp(GET_TILE)}`, { method });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([405, 'application/xml']);
      const report = await answer.text();
      expect(await schemaProblem(EXCEPTION_REPORT_SCHEMA, report)).toBeUndefined();
      expect(report).toContain('exceptionCode="NoApplicableCode"');
    }
  });

  it('is valid with 500 for an unknown error, without its details', async () => {
    const running = await setup.start({ cookies: 'full' });
    running.gateway.app.get(TileService, { strict: false }).held = () => {
      throw new Error('a <secret> \0 of the inside');
    };
    const report = await reportOf(running, kvp(GET_TILE));
    expect(report).toMatchObject({ status: 500, code: 'NoApplicableCode', locator: undefined });
    expect(report.text).not.toContain('secret');
    expect(running.log()).toContain('of the inside');
  });

  describe('for a hostile value', () => {
    it.each(HOSTILE)('with %s is valid in every parameter, and harmless', async (_name, value) => {
      const running = gateways.get('full')!;
      for (const [name, locator] of Object.entries(MANDATORY)) {
        const report = await reportOf(running, kvp(GET_TILE, { [name]: value }));
        expect(report).toMatchObject({ status: 400, code: 'InvalidParameterValue', locator });
        expect(report.head.toLowerCase()).not.toContain('x-injected');
      }
      for (const name of ['Sections', 'sports', 'colors'])
        expect(await reportOf(running, kvp(GET_CAPABILITIES, { [name]: value }))).toMatchObject({
          status: 400,
          code: 'InvalidParameterValue',
          locator: name,
        });
      expect(await reportOf(running, kvp(GET_CAPABILITIES, { AcceptVersions: value }))).toMatchObject({
        status: 400,
        code: 'VersionNegotiationFailed',
      });
    });

    it.each(HOSTILE)('with %s changes nothing as the name of an unknown parameter', async (_name, value) => {
      const stranger = { [value]: '1' };
      const { url } = gateways.get('full')!;
      const answer = await rawRequest(url, kvp(GET_TILE, stranger));
      expect(answer.status).toBe(200);
      const report = await reportOf(gateways.get('full')!, kvp(GET_TILE, { TILEROW: '8' }, stranger));
      expect(report).toMatchObject({ status: 400, code: 'TileOutOfRange', locator: 'TileRow' });
    });

    it.each(HOSTILE)('with %s is valid as the name of a parameter that comes twice', async (_name, value) => {
      const name = encodeURIComponent(value.slice(0, 3000));
      const target = `${kvp(GET_TILE, { TILEROW: '8' })}&${name}=1&${name}=2`;
      const { status } = await reportOf(gateways.get('full')!, target);
      expect(status).toBe(400);
    });

    it.each(['%ff%fe', '%c3', '%ed%a0%80', '%', '%zz', '%u0041', '+', 'all%2Dho%00'])(
      'that is not even well encoded, %s, is valid',
      async (value) => {
        const target = kvp(GET_TILE).replace('LAYER=all-hot', `LAYER=${value}`);
        const report = await reportOf(gateways.get('full')!, target);
        expect(report).toMatchObject({ status: 400, code: 'InvalidParameterValue', locator: 'layer' });
      },
    );
  });
});
