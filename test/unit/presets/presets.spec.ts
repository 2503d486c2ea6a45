/** Titles and URLs with any character arrive in the client as they are. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { Catalog, type Layer } from '../../../src/catalog/index.js';
import { linkTo, type DocumentLinks } from '../../../src/http/index.js';
import type { Client } from '../../../src/presets/client.js';
import { CLIENTS } from '../../../src/presets/clients.js';
import { indexEntry } from '../../../src/presets/presets-index.js';
import { numericId, uuid } from '../../../src/presets/preset-text.js';
import { tileSource, type PresetContext } from '../../../src/presets/tile-source.js';
import { FILE_READERS } from '../../support/presets/file-readers.js';
import type { ReadPreset } from '../../support/presets/read-preset.js';
import { LINK_READERS, SNIPPET_READERS, TEMPLATE_READERS } from '../../support/presets/text-readers.js';
import { oddText, wellFormed } from '../../support/properties/arbitraries.js';
import { holdsAsync } from '../../support/properties/holds.js';
import { asXmlHasIt, expectXml, xmlText } from '../../support/properties/xml-text.js';

const { layers } = new Catalog();
const allHot = layers.find(({ identifier }) => identifier === 'all-hot')!;

const layerWithText: fc.Arbitrary<Layer> = fc
  .record({ title: fc.oneof(xmlText, oddText()), abstract: xmlText })
  .map((texts) => ({ ...allHot, ...texts }));

/** Path segments that `PUBLIC_URL` accepts. The percent-encoded characters are not reserved in a URL. */
const segment = fc
  .array(
    fc.constantFrom(
      'a',
      'Z',
      '9',
      '-',
      '&',
      "'",
      '"',
      '<',
      '>',
      ']',
      ']]>',
      '$',
      '$&',
      '(',
      ';',
      '=',
      'é',
      '%20',
      '%C3%A9',
      '%22',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const links: fc.Arbitrary<DocumentLinks> = fc
  .tuple(fc.array(segment, { maxLength: 2 }), fc.option(key), fc.boolean())
  .map(([segments, value, inPath]) => ({
    base: ['https://maps.example', ...segments, ...(value !== null && inPath ? ['k', value] : [])].join('/'),
    query: value !== null && !inPath ? `key=${value}` : '',
  }));

const contextWith = (urls: DocumentLinks): PresetContext => ({
  links: urls,
  zoomAvailability: 'full',
  zoomLimit: undefined,
});

/** Everything that the client reads from its settings for `layer`, apart from the documents of the service. */
async function readAll(client: Client, layer: Layer, context: PresetContext): Promise<ReadPreset[]> {
  const { id, file } = client;
  const { link, template, snippet } = indexEntry(client, layer, context, []);
  const read: ReadPreset[] = [];
  const load = () => Promise.reject(new Error('no document is linked'));
  if (file && id !== 'qgis-wmts') {
    const sources = [tileSource(layer, client.tileSize, context)];
    const content = Buffer.from(file.content({ ...context, sources, layers: [layer], filter: '' }));
    if (file.mediaType === 'application/xml') expectXml(content.toString());
    read.push(...(await FILE_READERS[`${id}.${file.extension}`]!(content, load)));
  }
  if (link !== undefined) read.push(LINK_READERS[id]!(link));
  if (template !== undefined && id !== 'arcgis') read.push(await TEMPLATE_READERS[id]!(template, load));
  if (snippet !== undefined) read.push(SNIPPET_READERS[id]!(snippet));
  return read;
}

const rows = CLIENTS.map((client): [string, Client] => [
  `${client.id} ${client.file?.extension ?? ''}`,
  client,
]);

describe.each(rows)('%s', (_name, client) => {
  const suffix = client.tileSize === 512 ? '@2x' : '';
  const tile = { z: 5, x: 16, y: 11 };

  it('has the URL of the tile with any base URL and key [properties]', () =>
    holdsAsync(
      fc.asyncProperty(links, async (urls) => {
        for (const { url } of await readAll(client, allHot, contextWith(urls))) {
          const path =
            client.file?.extension === 'wmts'
              ? '/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/5/11/16.png'
              : `/xyz/all/hot/5/16/11${suffix}.png`;
          expect(new URL(url(tile)).href).toBe(new URL(linkTo(urls, path)).href);
        }
      }),
      40,
    ));

  it('has the title of the layer, whatever its characters [properties]', () =>
    holdsAsync(
      fc.asyncProperty(layerWithText, async (layer) => {
        for (const { title } of await readAll(
          client,
          layer,
          contextWith({ base: 'https://maps.example', query: '' }),
        )) {
          if (title === undefined) continue;
          const prefix = client.file?.extension === 'wmts' ? '' : 'Strava Heatmap: ';
          expect(comparable(title)).toBe(comparable(`${prefix}${layer.title}`));
        }
      }),
      40,
    ));
});

/** Without the differences between the formats: characters that XML or a line of text does not allow, and whitespace. */
function comparable(title: string): string {
  return asXmlHasIt(wellFormed(title))
    .replaceAll(/[?\uFFFD\p{Cc}\s]+/gu, ' ')
    .trim();
}

describe('the steps of web sites', () => {
  const sites = CLIENTS.filter(({ id }) => ['id', 'caltopo', 'gaia', 'gpxstudio', 'brouter'].includes(id));
  const stepsAt = (base: string) =>
    sites.map((client) => indexEntry(client, allHot, contextWith({ base, query: '' }), []).steps.join(' '));

  it.each([
    ['http://127.0.0.1:8080', 'apps on this device'],
    ['http://localhost:8080/k/abc', 'apps on this device'],
    ['http://[::1]:8080', 'apps on this device'],
    ['http://192.168.178.20:8080', 'devices on the local network'],
    ['https://nas.local/heat', 'devices on the local network'],
  ])('name the permission for %s: %s', (base, what) => {
    for (const steps of stepsAt(base)) expect(steps).toContain(`whether the site may access ${what}`);
  });

  it('name no permission for a public address', () => {
    for (const steps of stepsAt('https://maps.example')) expect(steps).not.toContain('whether the site may');
  });
});

describe('ids for clients that identify maps by number or UUID', () => {
  it('are distinct for all layers and positive 32-bit integers', () => {
    const numbers = layers.map(({ identifier }) => numericId(identifier));
    expect(new Set(numbers).size).toBe(layers.length);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(100_000);
    expect(Math.max(...numbers)).toBeLessThan(2 ** 31);
    expect(new Set(layers.map(({ identifier }) => uuid(identifier))).size).toBe(layers.length);
    expect(uuid('all-hot')).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  });

  it('do not change between versions, so clients recognise a map', () => {
    expect([numericId('all-hot'), uuid('all-hot')]).toEqual([
      421_999_954,
      '1925aeb2-ddf2-835a-83aa-4ed827ccaeb0',
    ]);
  });
});
