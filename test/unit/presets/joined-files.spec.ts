/** Files with several layers that are joined from parts are those that the client's own code writes. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { Catalog, type Layer } from '../../../src/catalog/index.js';
import type { DocumentLinks } from '../../../src/http/index.js';
import type { ClientFile, FileInput } from '../../../src/presets/client.js';
import { CLIENTS } from '../../../src/presets/clients.js';
import { JoinedFiles } from '../../../src/presets/joined-files.js';
import { tileSource } from '../../../src/presets/tile-source.js';
import { oddText } from '../../support/properties/arbitraries.js';
import { xmlText } from '../../support/properties/xml-text.js';

const { layers } = new Catalog();
const JOINED = CLIENTS.flatMap(({ id, file }) => (file?.sections ? [[id, file] as const] : []));

const LINKS: readonly DocumentLinks[] = [
  { base: 'http://127.0.0.1:8080', query: '' },
  { base: 'http://[2001:db8::1]:8080', query: 'key=K' },
  { base: 'https://a_b.example/heat/~x', query: 'access_token=K-1_2' },
  { base: 'https://a.example/k/K-1_2', query: '' },
  // Of a PUBLIC_URL.
  { base: "https://a.example/it's%20&$&(]]>", query: 'token=K' },
];

function input(chosen: readonly Layer[], links: DocumentLinks, zoomLimit?: number): FileInput {
  const context = { links, zoomAvailability: 'full', zoomLimit } as const;
  const sources = chosen.map((layer) => tileSource(layer, 256, context));
  return { ...context, layers: chosen, sources, filter: '' };
}

/** The file with a count of how often it renders. */
function counted(file: ClientFile): { readonly file: ClientFile; count: number } {
  const result = {
    count: 0,
    file: {
      ...file,
      content(of: FileInput) {
        result.count++;
        return file.content(of);
      },
    },
  };
  return result;
}

it('are those of four clients, whose files take the longest', () => {
  expect(JOINED.map(([id]) => id).sort()).toEqual(['locus', 'mapproxy', 'oruxmaps', 'qgis-xyz']);
});

describe.each(JOINED)('the file of %s', (_id, file) => {
  it('is the same for every base URL, key, zoom limit and selection of layers', () => {
    const joined = new JoinedFiles();
    for (const links of LINKS)
      for (const zoomLimit of [undefined, 9])
        for (const chosen of [layers.slice(0, 1), layers.slice(3, 9), layers.slice(5, 15).reverse()]) {
          const of = input(chosen, links, zoomLimit);
          expect(joined.content(file, of)).toBe(file.content(of));
        }
  });

  it('is the same for titles with any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: fc.oneof(xmlText, oddText()), abstract: xmlText }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom(...LINKS),
        (texts, links) => {
          const of = input(
            texts.map((text, index) => ({ ...layers[index]!, ...text })),
            links,
          );
          expect(new JoinedFiles().content(file, of)).toBe(file.content(of));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('renders each layer once, however many base URLs, keys and selections requests have', () => {
    const joined = new JoinedFiles();
    const some = layers.slice(0, 12);
    const counter = counted(file);
    for (let i = 1; i <= 50; i++) {
      const chosen = some.filter((_layer, index) => (i >> (index % 6)) & 1);
      if (chosen.length > 0)
        joined.content(
          counter.file,
          input(chosen, { base: `https://host-${i}.example/k/key-${i}`, query: '' }),
        );
    }
    expect(counter.count).toBe(some.length);
    for (let i = 1; i <= 50; i++)
      joined.content(counter.file, input(some, { base: `https://${i}.example`, query: `key=${i}` }));
    expect(counter.count).toBe(2 * some.length);
  });
});

it('the name of a host or a key never counts as a slot of another', () => {
  const [, file] = JOINED[0]!;
  const of = input(layers.slice(0, 2), {
    base: 'https://base-of-urls.invalid/query-of-urls',
    query: 'key=query-of-urls',
  });
  const joined = new JoinedFiles();
  expect(joined.content(file, of)).toBe(file.content(of));
  expect(joined.content(file, of)).toBe(file.content(of));
});
