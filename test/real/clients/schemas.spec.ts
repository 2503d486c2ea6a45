/** The capabilities document against the schemas of the OGC. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { LAYERS, MATRIX_SETS } from '../../support/tiles/matrix-sets.js';
import { CAPABILITIES_SCHEMA, SCHEMA_CHECK, schemaProblem } from './ogc-schema.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'a-key-for_schemas-0123456789';
const NARROW_KEY = 'a-key-for-one-layer-0123456789';
const SECTIONS = ['ServiceIdentification', 'ServiceProvider', 'OperationsMetadata', 'Contents'];
const KVP = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
const RESTFUL = '/wmts/1.0.0/WMTSCapabilities.xml';

const setup = withSimulator({ per: 'suite' });
const gateways = new Map<string, RunningGateway>();

beforeAll(async () => {
  const keys = { keys: [KEY, { id: 'narrow', key: NARROW_KEY, layers: ['all-hot'] }] };
  gateways.set('full', await setup.start({ cookies: 'full' }));
  gateways.set('anonymous', await setup.start());
  gateways.set('full keyed', await setup.start({ cookies: 'full', keys }));
  gateways.set('anonymous keyed', await setup.start({ keys }));
});

/** The document at `path`; fails unless it is a valid one. */
async function validDocument(
  path: string,
  gateway = 'full',
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await fetch(`${gateways.get(gateway)!.url}${path}`, { headers });
  const document = await answer.text();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/xml']);
  expect(await schemaProblem(CAPABILITIES_SCHEMA, document)).toBeUndefined();
  return document;
}

/** How often an element comes, and which of the root's come at all. */
const count = (document: string, element: string) =>
  document.split(new RegExp(`<${element}[ >/]`)).length - 1;
const sectionsOf = (document: string) =>
  [...SECTIONS.slice(0, 3).map((name) => `ows:${name}`), 'Contents', 'ServiceMetadataURL'].filter(
    (name) => count(document, name) > 0,
  );
const everyAddress = (document: string) =>
  [...document.matchAll(/(?:xlink:href|template)="([^"]+)"/g)].map(([, address]) => address!);
const sequenceOf = (document: string) => / updateSequence="(\d+)"/.exec(document)![1]!;

describeWith(SCHEMA_CHECK, 'the ServiceMetadata document', () => {
  it('would be refused by the schemas with its elements in another order', async () => {
    const document = await validDocument(KVP);
    const swapped = document.replace(/(<Style .*?<\/Style>)(<Format>.*?<\/Format>)/, '$2$1');
    expect(swapped).not.toBe(document);
    expect(await schemaProblem(CAPABILITIES_SCHEMA, swapped)).toContain("Element '{");
  });

  describe.each([
    ['full', 'deepest'],
    ['anonymous', 'deepestAnonymous'],
  ] as const)('with %s coverage', (coverage, deepest) => {
    const matrices = MATRIX_SETS.reduce((sum, set) => sum + set[deepest] + 1, 0);

    it.each([
      ['KVP', coverage, KVP, {}, ''],
      ['RESTful', coverage, RESTFUL, {}, ''],
      ['KVP with a key in the query', `${coverage} keyed`, `${KVP}&key=${KEY}`, {}, `key=${KEY}`],
      ['RESTful with a key in the query', `${coverage} keyed`, `${RESTFUL}?key=${KEY}`, {}, `key=${KEY}`],
      ['KVP with a key in the path', `${coverage} keyed`, `/k/${KEY}${KVP}`, {}, `/k/${KEY}/`],
      ['RESTful with a key in the path', `${coverage} keyed`, `/k/${KEY}${RESTFUL}`, {}, `/k/${KEY}/`],
      ['KVP with a key in a header', `${coverage} keyed`, KVP, { 'x-api-key': KEY }, ''],
      ['RESTful with a key in a header', `${coverage} keyed`, RESTFUL, { 'x-api-key': KEY }, ''],
    ])(
      'is valid by %s, has every layer and level, and the key where a client needs it',
      async (_name, gateway, path, headers, carried) => {
        const document = await validDocument(path, gateway, headers as Record<string, string>);
        expect(count(document, 'Layer')).toBe(LAYERS);
        expect(count(document, 'ResourceURL')).toBe(LAYERS);
        expect(count(document, 'TileMatrix')).toBe(matrices);
        expect(sectionsOf(document)).toHaveLength(5);
        const addresses = everyAddress(document).filter((address) => address.includes('/wmts'));
        expect(addresses).toHaveLength(LAYERS + 3);
        for (const address of addresses) expect(address).toContain(carried);
        expect(document.includes(KEY)).toBe(carried !== '');
      },
    );
  });

  it.each(
    Array.from({ length: 2 ** SECTIONS.length - 1 }, (_, bits) =>
      SECTIONS.filter((_section, index) => (bits + 1) & (1 << index)),
    ).map((sections) => [sections.join(), sections] as const),
  )('is valid with the sections %s and has no others', async (list, sections) => {
    const document = await validDocument(`${KVP}&Sections=${list}`);
    expect(sectionsOf(document).map((name) => name.replace('ows:', ''))).toEqual(sections);
  });

  it.each(['All', 'all', 'Contents,All', 'contents,CONTENTS', ' Contents , ServiceProvider', 'Contents,'])(
    'is valid with Sections=%j',
    async (list) => {
      const document = await validDocument(`${KVP}&Sections=${encodeURIComponent(list)}`);
      expect(count(document, 'Contents')).toBe(1);
    },
  );

  it('is valid and empty for a client that has it already, and whole for one that has an older one', async () => {
    for (const gateway of ['full', 'anonymous']) {
      const sequence = sequenceOf(await validDocument(KVP, gateway));
      const unchanged = await validDocument(`${KVP}&updateSequence=${sequence}`, gateway);
      expect(sequenceOf(unchanged)).toBe(sequence);
      expect(sectionsOf(unchanged)).toEqual([]);
      const older = await validDocument(`${KVP}&updateSequence=${Number(sequence) - 1}`, gateway);
      expect(count(older, 'Layer')).toBe(LAYERS);
    }
  });

  it.each([
    ['AcceptVersions', `${KVP}&AcceptVersions=2.0.0,1.0.0`],
    ['an unknown AcceptFormats', `${KVP}&AcceptFormats=text/plain,example/unknown`],
    ['a version, which is none of its parameters', `${KVP}&version=9.9.9`],
    ['the query that OWSLib appends to the RESTful document', `${RESTFUL}?&service=WMTS&version=1.0.0`],
  ])('is valid and whole with %s', async (_name, path) => {
    expect(count(await validDocument(path), 'Layer')).toBe(LAYERS);
  });

  it.each([
    ['sports=all', 7],
    ['colors=hot', 45],
    ['sports=all,sport_Ride&colors=hot,bluered,purple', 6],
  ])('is valid with %s, by KVP and RESTful, with %d layers', async (filter, layers) => {
    expect(count(await validDocument(`${KVP}&${filter}`), 'Layer')).toBe(layers);
    expect(count(await validDocument(`${RESTFUL}?${filter}`), 'Layer')).toBe(layers);
  });

  it.each(MATRIX_SETS)('is valid with $name alone, by KVP and RESTful', async ({ name: identifier }) => {
    for (const path of [
      `${KVP}&tileMatrixSets=${identifier}`,
      `${RESTFUL}?tileMatrixSets=${identifier}`,
      `/wmts/1.0.0/all-hot/WMTSCapabilities.xml?tileMatrixSets=${identifier}`,
    ]) {
      const document = await validDocument(path);
      expect(count(document, 'TileMatrixSetLink')).toBe(count(document, 'Layer'));
      expect(document).toContain(`<ows:Identifier>${identifier}</ows:Identifier>`);
    }
  });

  it('is valid for one layer, in open mode and with keys', async () => {
    for (const [path, gateway] of [
      ['/wmts/1.0.0/sport_Run-gray/WMTSCapabilities.xml', 'full'],
      ['/wmts/1.0.0/sport_Run-gray/WMTSCapabilities.xml', 'anonymous'],
      [`/wmts/1.0.0/sport_Run-gray/WMTSCapabilities.xml?key=${KEY}`, 'full keyed'],
      [`/k/${KEY}/wmts/1.0.0/sport_Run-gray/WMTSCapabilities.xml`, 'anonymous keyed'],
    ] as const) {
      const document = await validDocument(path, gateway);
      expect(count(document, 'Layer')).toBe(1);
      expect(document).toContain('<ows:Identifier>sport_Run-gray</ows:Identifier>');
    }
  });

  it('is valid for a key that opens one layer, and for one that opens none of those asked for', async () => {
    expect(count(await validDocument(`${KVP}&key=${NARROW_KEY}`, 'full keyed'), 'Layer')).toBe(1);
    const none = await validDocument(`${KVP}&key=${NARROW_KEY}&sports=ride`, 'full keyed');
    expect(count(none, 'Layer')).toBe(0);
  });
});
