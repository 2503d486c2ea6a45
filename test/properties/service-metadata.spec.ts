import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import {
  SECTIONS,
  serviceMetadata,
  tileJson,
  tileMap,
  tileMapService,
} from '../../src/capabilities/index.js';
import { Catalog } from '../../src/catalog/index.js';
import { children, only, parseXml } from '../unit/support/xml.js';
import { asXmlHasIt, expectXml, xmlText } from './xml-text.js';
import { holds } from './holds.js';

const all = new Catalog({ added: ['sport_Chess'] }).layers;
const layers = fc.shuffledSubarray([...all], { maxLength: 3 });
const zoomAvailability = fc.constantFrom<'full' | 'anonymous'>('full', 'anonymous');
const size = fc.constantFrom<256 | 512>(256, 512);

describe('a document of any base and query', () => {
  it('is XML, with the sections, the layers and the addresses asked for', () => {
    const sections = fc.oneof(
      fc.constant('All' as const),
      fc.subarray([...SECTIONS]).map((names) => new Set(names)),
    );
    const options = fc.record({
      base: xmlText,
      query: xmlText,
      layers,
      zoomAvailability,
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
      fc.property(xmlText, layers, size, zoomAvailability, (href, some, edge, held) => {
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

  it('for TileJSON is JSON with the very address', () => {
    holds(
      fc.property(xmlText, size, zoomAvailability, (tiles, edge, held) => {
        expect(
          JSON.parse(tileJson({ layer: all[0]!, size: edge, zoomAvailability: held, tiles })),
        ).toMatchObject({
          tiles: [tiles],
        });
      }),
    );
  });
});
