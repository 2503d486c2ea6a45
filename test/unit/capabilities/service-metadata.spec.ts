import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import {
  type Section,
  SECTIONS,
  serviceMetadata,
  type ServiceMetadataOptions,
  tileJson,
  tileMap,
  tileMapService,
  unchangedServiceMetadata,
  updateSequence,
} from '../../../src/capabilities/index.js';
import { Catalog, TILE_MATRIX_SETS } from '../../../src/catalog/index.js';
import { holds } from '../../support/properties/holds.js';
import { asXmlHasIt, expectXml, xmlText } from '../../support/properties/xml-text.js';
import { children, only, OWS, parseXml, text, WMTS, XLINK } from '../../support/xml.js';

const layers = new Catalog().layers;
const options: ServiceMetadataOptions = {
  base: 'https://map.example/heat',
  query: '',
  layers,
  zoomAvailability: 'full',
  sections: 'All',
  updateSequence: '100000000',
};
const parsed = (changes: Partial<ServiceMetadataOptions> = {}) =>
  parseXml(serviceMetadata({ ...options, ...changes }));
const names = (elements: { nodeName: string }[]) => elements.map(({ nodeName }) => nodeName);

const document = parsed();
const layerElements = children(only(document, 'Contents'), 'Layer');
const setElements = children(only(document, 'Contents'), 'TileMatrixSet');
const operations = children(only(document, 'ows:OperationsMetadata'), 'ows:Operation');

describe('the root', () => {
  it('has exactly the names that clients compare as text', () => {
    const source = serviceMetadata(options);
    expect(source).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*<Capabilities xmlns="http:\/\/www\.opengis\.net\/wmts\/1\.0" /,
    );
    expect(source).toContain(` xmlns:ows="${OWS}"`);
    expect(source).toContain(` xmlns:xlink="${XLINK}"`);
    expect(source).not.toMatch(/<wmts:|<ns\d/);
    expect([document.namespaceURI, document.getAttribute('version')]).toEqual([WMTS, '1.0.0']);
    expect(document.getAttribute('xsi:schemaLocation')).toBe(
      `${WMTS} http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd`,
    );
    expect(document.getAttribute('updateSequence')).toBe('100000000');
  });

  it('has its sections in the order of the schema', () => {
    expect(names(children(document))).toEqual([
      'ows:ServiceIdentification',
      'ows:ServiceProvider',
      'ows:OperationsMetadata',
      'Contents',
      'ServiceMetadataURL',
    ]);
  });

  it('has a contact element, which the schema requires even if it is empty', () => {
    expect(names(children(only(document, 'ows:ServiceProvider')))).toEqual([
      'ows:ProviderName',
      'ows:ProviderSite',
      'ows:ServiceContact',
    ]);
  });

  it('has none of the elements that break clients and conformance tests', () => {
    const source = serviceMetadata(options);
    for (const word of ['WellKnownScaleSet', 'TileMatrixSetLimits', 'Themes', 'GetFeatureInfo', 'InfoFormat'])
      expect(source).not.toContain(word);
  });
});

describe('the operations', () => {
  it('are GetCapabilities and GetTile, each with one URL, for KVP', () => {
    expect(operations.map((operation) => operation.getAttribute('name'))).toEqual([
      'GetCapabilities',
      'GetTile',
    ]);
    for (const operation of operations) {
      const get = only(operation, 'ows:DCP', 'ows:HTTP', 'ows:Get');
      const constraint = only(get, 'ows:Constraint');
      expect(constraint.getAttribute('name')).toBe('GetEncoding');
      expect(text(constraint, 'ows:AllowedValues', 'ows:Value')).toBe('KVP');
    }
  });

  it.each([
    ['', 'https://map.example/heat/wmts?'],
    ['key=abc', 'https://map.example/heat/wmts?key=abc&'],
  ])('with the query "%s" have a URL to which parameters can be appended', (query, href) => {
    for (const operation of children(only(parsed({ query }), 'ows:OperationsMetadata')))
      expect(only(operation, 'ows:DCP', 'ows:HTTP', 'ows:Get').getAttributeNS(XLINK, 'href')).toBe(href);
  });
});

it('has the parameter AcceptFormats at GetCapabilities, with the one format', () => {
  const [getCapabilities, getTile] = operations.map((operation) => children(operation, 'ows:Parameter'));
  expect(getCapabilities!.map((parameter) => parameter.getAttribute('name'))).toEqual(['AcceptFormats']);
  expect(text(getCapabilities![0]!, 'ows:AllowedValues', 'ows:Value')).toBe('application/xml');
  expect(getTile).toEqual([]);
});

it('has the attribution in AccessConstraints, where ArcGIS reads it', () => {
  expect(text(document, 'ows:ServiceIdentification', 'ows:AccessConstraints')).toMatch(
    /^Heatmap \(c\) Strava\. .*terms of service/,
  );
});

describe('a document with one TileMatrixSet', () => {
  it.each(TILE_MATRIX_SETS)('defines and links $identifier alone', (set) => {
    const contents = only(parsed({ tileMatrixSets: [set] }), 'Contents');
    const linked = children(contents, 'Layer').map((layer) =>
      children(layer, 'TileMatrixSetLink').map((link) => text(link, 'TileMatrixSet')),
    );
    expect(linked).toEqual(layers.map(() => [set.identifier]));
    expect(children(contents, 'TileMatrixSet').map((element) => text(element, 'ows:Identifier'))).toEqual([
      set.identifier,
    ]);
  });
});

describe('each layer', () => {
  it('is listed once, in the order of the catalog, with its own title', () => {
    expect(layerElements.map((layer) => [text(layer, 'ows:Identifier'), text(layer, 'ows:Title')])).toEqual(
      layers.map(({ identifier, title }) => [identifier, title]),
    );
  });

  it('has its elements in the order of the schema', () => {
    for (const layer of layerElements)
      expect(names(children(layer))).toEqual([
        'ows:Title',
        'ows:Abstract',
        'ows:Keywords',
        'ows:WGS84BoundingBox',
        'ows:Identifier',
        'ows:BoundingBox',
        'Style',
        'Format',
        'TileMatrixSetLink',
        'TileMatrixSetLink',
        'ResourceURL',
      ]);
  });

  it('has exactly one style, with isDefault="true", and one format', () => {
    for (const layer of layerElements) {
      const style = only(layer, 'Style');
      expect([style.getAttribute('isDefault'), text(style, 'ows:Identifier')]).toEqual(['true', 'default']);
      expect(text(layer, 'Format')).toBe('image/png');
    }
  });

  it('is linked to GoogleMapsCompatible first, the only link that some clients use', () => {
    for (const layer of layerElements)
      expect(children(layer, 'TileMatrixSetLink').map((link) => text(link, 'TileMatrixSet'))).toEqual([
        'GoogleMapsCompatible',
        'WebMercatorQuadx2',
      ]);
  });

  it('has one template with its identifier and style, and row before column', () => {
    for (const layer of layerElements) {
      const resource = only(layer, 'ResourceURL');
      expect(resource.getAttribute('template')).toBe(
        `https://map.example/heat/wmts/1.0.0/${text(layer, 'ows:Identifier')}/default/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png`,
      );
      expect([resource.getAttribute('format'), resource.getAttribute('resourceType')]).toEqual([
        'image/png',
        'tile',
      ]);
    }
  });

  it('covers the whole projection, in degrees and in the CRS of its sets', () => {
    for (const layer of layerElements) {
      const corners = (name: string) =>
        children(only(layer, name)).map((corner) => [corner.nodeName, corner.textContent]);
      expect(corners('ows:WGS84BoundingBox')).toEqual([
        ['ows:LowerCorner', '-180 -85.0511287798066'],
        ['ows:UpperCorner', '180 85.0511287798066'],
      ]);
      expect(corners('ows:BoundingBox')).toEqual([
        ['ows:LowerCorner', '-20037508.3427892 -20037508.3427892'],
        ['ows:UpperCorner', '20037508.3427892 20037508.3427892'],
      ]);
      expect(only(layer, 'ows:BoundingBox').getAttribute('crs')).toBe('urn:ogc:def:crs:EPSG::3857');
    }
  });

  it('is left out if it is not selected', () => {
    const two = children(only(parsed({ layers: layers.slice(3, 5) }), 'Contents'), 'Layer');
    expect(two.map((layer) => text(layer, 'ows:Identifier'))).toEqual(
      layers.slice(3, 5).map(({ identifier }) => identifier),
    );
  });
});

describe('each tile matrix set', () => {
  const EXPECTED = [
    { identifier: 'GoogleMapsCompatible', size: '256', top: 559082264.0287178, levels: 17, anonymous: 13 },
    { identifier: 'WebMercatorQuadx2', size: '512', top: 279541132.0143589, levels: 16, anonymous: 12 },
  ];

  it('comes after the layers, with identifier and CRS before its matrices', () => {
    expect(setElements.map((set) => text(set, 'ows:Identifier'))).toEqual(
      EXPECTED.map(({ identifier }) => identifier),
    );
    for (const set of setElements) {
      expect(names(children(set)).slice(0, 4)).toEqual([
        'ows:Title',
        'ows:Identifier',
        'ows:SupportedCRS',
        'TileMatrix',
      ]);
      expect(text(set, 'ows:SupportedCRS')).toBe('urn:ogc:def:crs:EPSG::3857');
    }
    const order = names(children(only(document, 'Contents')));
    expect(order.lastIndexOf('Layer')).toBeLessThan(order.indexOf('TileMatrixSet'));
  });

  it.each(EXPECTED)('has the numbers of each matrix: $identifier', ({ identifier, size, top, levels }) => {
    const set = setElements.find((element) => text(element, 'ows:Identifier') === identifier)!;
    const matrices = children(set, 'TileMatrix');
    expect(matrices).toHaveLength(levels);
    for (const [zoom, matrix] of matrices.entries()) {
      const width = String(2 ** zoom);
      expect(children(matrix).map(({ nodeName, textContent }) => [nodeName, textContent])).toEqual([
        ['ows:Identifier', String(zoom)],
        ['ScaleDenominator', expect.stringMatching(/^\d+(\.\d+)?$/)],
        ['TopLeftCorner', '-20037508.3427892 20037508.3427892'],
        ['TileWidth', size],
        ['TileHeight', size],
        ['MatrixWidth', width],
        ['MatrixHeight', width],
      ]);
      expect(Number(text(matrix, 'ScaleDenominator'))).toBe(top / 2 ** zoom);
    }
  });

  it('without cookies ends at the max zoom of the anonymous host', () => {
    const sets = children(only(parsed({ zoomAvailability: 'anonymous' }), 'Contents'), 'TileMatrixSet');
    expect(sets.map((set) => children(set, 'TileMatrix').length)).toEqual(
      EXPECTED.map(({ anonymous }) => anonymous),
    );
  });
});

describe('a document of some sections', () => {
  it.each<[Section[], string[]]>([
    [['ServiceIdentification'], ['ows:ServiceIdentification']],
    [['Contents'], ['Contents']],
    [
      ['Contents', 'ServiceProvider'],
      ['ows:ServiceProvider', 'Contents'],
    ],
    [
      [...SECTIONS],
      ['ows:ServiceIdentification', 'ows:ServiceProvider', 'ows:OperationsMetadata', 'Contents'],
    ],
    [[], []],
  ])('%j has only those, in the order of the schema', (sections, expected) => {
    const root = parsed({ sections: new Set(sections) });
    expect(names(children(root))).toEqual(expected);
    expect(root.getAttribute('version')).toBe('1.0.0');
  });
});

describe('the update sequence', () => {
  it('is a number that starts with 1 or 2, and increases when cookies add zoom levels', () => {
    const [anonymous, full] = [updateSequence('anonymous'), updateSequence('full')];
    expect(anonymous).toMatch(/^1\d{8}$/);
    expect(full).toMatch(/^2\d{8}$/);
  });

  it('that the client already has returns version and updateSequence only', () => {
    const root = parseXml(unchangedServiceMetadata('100000000'));
    expect([root.nodeName, root.namespaceURI, root.childNodes.length]).toEqual(['Capabilities', WMTS, 0]);
    expect([root.getAttribute('version'), root.getAttribute('updateSequence')]).toEqual([
      '1.0.0',
      '100000000',
    ]);
  });
});

/** One element per line, for readable diffs. Update it with `UPDATE_GOLDEN=1 npm test -- test/unit/capabilities`. */
it('the document of two layers is identical to the golden file', () => {
  const golden = fileURLToPath(new URL('../golden/capabilities-two-layers.xml', import.meta.url));
  const two = layers.filter(({ identifier }) =>
    ['all-hot', 'sport_EMountainBikeRide-bluered'].includes(identifier),
  );
  const source = serviceMetadata({
    ...options,
    base: 'http://localhost:8080',
    layers: two,
    zoomAvailability: 'anonymous',
  });
  const lines = `${source.replaceAll('><', '>\n<')}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(golden, lines);
  expect(lines).toBe(readFileSync(golden, 'utf8'));
});

describe('properties', () => {
  const all = new Catalog({ added: ['sport_Chess'] }).layers;
  const layers = fc.shuffledSubarray([...all], { maxLength: 3 });
  const coverage = fc.constantFrom<'full' | 'anonymous'>('full', 'anonymous');
  const size = fc.constantFrom<256 | 512>(256, 512);

  describe('a document of any base and query', () => {
    it('is XML with the requested sections, layers and URLs', () => {
      const sections = fc.oneof(
        fc.constant('All' as const),
        fc.subarray([...SECTIONS]).map((names) => new Set(names)),
      );
      const options = fc.record({
        base: xmlText,
        query: xmlText,
        layers,
        zoomAvailability: coverage,
        sections,
        updateSequence: fc.nat().map(String),
      });
      holds(
        fc.property(options, (asked) => {
          const source = serviceMetadata(asked);
          expectXml(source);
          const root = parseXml(source);
          const wanted = (name: (typeof SECTIONS)[number]) =>
            asked.sections === 'All' || asked.sections.has(name);
          expect(children(root).map(({ nodeName }) => nodeName.replace('ows:', ''))).toEqual([
            ...SECTIONS.filter(wanted),
            ...(asked.sections === 'All' ? ['ServiceMetadataURL'] : []),
          ]);
          if (wanted('Contents')) {
            const found = children(only(root, 'Contents'), 'Layer');
            expect(found.map((layer) => only(layer, 'ows:Identifier').textContent)).toEqual(
              asked.layers.map(({ identifier }) => identifier),
            );
            const end = asked.query && `?${asked.query}`;
            for (const layer of found) {
              const template = only(layer, 'ResourceURL').getAttribute('template')!;
              expect(asXmlHasIt(template)).toMatch(/\{TileMatrix\}\/\{TileRow\}\/\{TileCol\}\.png/);
              expect(asXmlHasIt(template).startsWith(asXmlHasIt(`${asked.base}/wmts/`))).toBe(true);
              expect(asXmlHasIt(template).endsWith(asXmlHasIt(`.png${end}`))).toBe(true);
            }
          }
          if (wanted('ServiceProvider')) {
            const site = only(root, 'ows:ServiceProvider', 'ows:ProviderSite').getAttribute('xlink:href')!;
            expect(asXmlHasIt(site)).toBe(asXmlHasIt(`${asked.base}/`));
          }
          expect(root.getAttribute('updateSequence')).toBe(asked.updateSequence);
        }),
        200,
      );
    });

    it('for TMS is XML', () => {
      holds(
        fc.property(xmlText, layers, size, coverage, (href, some, edge, held) => {
          const service = tileMapService(some, (identifier) => `${href}/${identifier}`);
          expectXml(service);
          const maps = children(only(parseXml(service), 'TileMaps'), 'TileMap').map((map) =>
            asXmlHasIt(map.getAttribute('href')!),
          );
          expect(maps).toEqual(
            some.flatMap(({ identifier }) =>
              ['', '@2x'].map((suffix) => asXmlHasIt(`${href}/${identifier}${suffix}`)),
            ),
          );
          const map = tileMap({ layer: all[0]!, size: edge, zoomAvailability: held, href, service: href });
          expectXml(map);
          expect(asXmlHasIt(parseXml(map).getAttribute('tilemapservice')!)).toBe(asXmlHasIt(href));
        }),
        100,
      );
    });

    it('for TileJSON is JSON with exactly this URL', () => {
      holds(
        fc.property(xmlText, size, coverage, (tiles, edge, held) => {
          expect(
            JSON.parse(tileJson({ layer: all[0]!, size: edge, zoomAvailability: held, tiles })),
          ).toMatchObject({
            tiles: [tiles],
          });
        }),
      );
    });
  });
});
