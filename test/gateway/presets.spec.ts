/** Presets: every client's settings are read as that client does, and the URL in them gets the right tile. */
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { FILE_READERS } from '../support/presets/file-readers.js';
import type { ReadPreset } from '../support/presets/read-preset.js';
import { LINK_READERS, SNIPPET_READERS, TEMPLATE_READERS } from '../support/presets/text-readers.js';
import { withSimulator } from '../support/with-gateway.js';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly kind: 'file' | 'link' | 'template' | 'snippet';
  readonly href?: string;
  readonly fileName?: string;
  readonly mediaType?: string;
  readonly link?: string;
  readonly template?: string;
  readonly snippet?: string;
  readonly language?: string;
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly tileSize: 256 | 512;
  readonly steps: readonly string[];
}

const KEY = 'a-Key_0123456789_-9';
const ALL_KEYS = { keys: [KEY] };
/** Every entry: client id, kind, and the end of the path of its file. */
const ENTRIES = [
  ['qgis-xyz', 'file', '/qgis-xyz.xml'],
  ['qgis-wmts', 'file', '/qgis-wmts.xml'],
  ['qgis', 'file', '/qgis/all-hot.qlr'],
  ['arcgis', 'template', undefined],
  ['josm', 'link', undefined],
  ['id', 'link', undefined],
  ['qmapshack', 'file', '/qmapshack/all-hot.tms'],
  ['qmapshack', 'file', '/qmapshack/all-hot.wmts'],
  ['osmand', 'file', '/osmand/all-hot.metainfo'],
  ['locus', 'file', '/locus.xml'],
  ['guru', 'file', '/guru/all-hot.ms'],
  ['oruxmaps', 'file', '/oruxmaps.xml'],
  ['alpinequest', 'file', '/alpinequest/all-hot.AQX'],
  ['cartograph', 'file', '/cartograph.onlinemap'],
  ['sasplanet', 'file', '/sasplanet/all-hot.zip'],
  ['caltopo', 'template', undefined],
  ['gaia', 'template', undefined],
  ['gpxstudio', 'template', undefined],
  ['brouter', 'template', undefined],
  ['leaflet', 'snippet', undefined],
  ['maplibre', 'file', '/maplibre/all-hot.json'],
  ['openlayers', 'snippet', undefined],
  ['mapproxy', 'file', '/mapproxy.yaml'],
  ['gdal', 'file', '/gdal/all-hot.xml'],
  ['xyzservices', 'snippet', undefined],
] as const;

async function bytes(url: string): Promise<Buffer> {
  const response = await fetch(url);
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${String(body)}`);
  return body;
}

async function indexAt(url: string): Promise<readonly Entry[]> {
  return (JSON.parse(String(await bytes(url))) as { clients: Entry[] }).clients;
}

/** Everything that the client can read from an entry; `local` is the URL of a public one on the running gateway. */
async function readAll(entry: Entry, local: (url: string) => string): Promise<readonly ReadPreset[]> {
  const { id, href, fileName, link, template, snippet } = entry;
  const load = (url: string) => bytes(local(url));
  const read: ReadPreset[] = [];
  if (href !== undefined) {
    const extension = fileName!.slice(fileName!.lastIndexOf('.'));
    const [first] = await FILE_READERS[`${id}${extension}`]!(await load(href), load);
    read.push(first!);
  }
  if (link !== undefined) read.push(LINK_READERS[id]!(link));
  if (template !== undefined) read.push(await TEMPLATE_READERS[id]!(template, load));
  if (snippet !== undefined) read.push(SNIPPET_READERS[id]!(snippet));
  return read;
}

const setup = withSimulator({ per: 'suite' });
const PUBLIC_URL = 'https://maps.example/heat';

/** Reads every preset and expects its URL to get the tile of `/xyz`, at a middle and at the highest zoom level. */
async function expectTiles(entries: readonly Entry[], local: (url: string) => string, layer = 'all/hot') {
  for (const entry of entries) {
    const read = await readAll(entry, local);
    expect([entry.id, read.length]).not.toEqual([entry.id, 0]);
    for (const preset of read) {
      const { minZoom = entry.minZoom, maxZoom = entry.maxZoom, tileSize = entry.tileSize } = preset;
      expect({ id: entry.id, minZoom, maxZoom, tileSize }).toEqual({
        id: entry.id,
        minZoom: entry.minZoom,
        maxZoom: entry.maxZoom,
        tileSize: entry.tileSize,
      });
      for (const z of [7, maxZoom]) {
        const tile = tileWithHeat(z);
        const suffix = tileSize === 512 ? '@2x' : '';
        const expected = await bytes(
          `${setup.gateway.url}/xyz/${layer}/${z}/${tile.x}/${tile.y}${suffix}.png?key=${KEY}`,
        );
        const found = await bytes(local(preset.url(tile)));
        expect([entry.id, z, found.equals(expected)]).toEqual([entry.id, z, true]);
      }
    }
  }
}

describe('the index', () => {
  it('lists every client with the form of its settings', async () => {
    const { url } = await setup.start({ cookies: 'full' });
    const entries = await indexAt(`${url}/presets?layer=all-hot`);
    expect(entries.map(({ id, kind, href }) => [id, kind, href && new URL(href).pathname.slice(8)])).toEqual(
      ENTRIES,
    );
    for (const { title, steps, mediaType, fileName, href, language, snippet } of entries) {
      expect(title).not.toBe('');
      expect(steps.length).toBeGreaterThan(0);
      expect([mediaType, fileName].map((part) => part !== undefined)).toEqual(
        Array(2).fill(href !== undefined),
      );
      expect(language !== undefined).toBe(snippet !== undefined);
    }
  });

  it.each([
    ['without keys', {}, '', ''],
    ['with the key in the query', { keys: ALL_KEYS }, '', `?key=${KEY}`],
    ['with the key in the path', { keys: ALL_KEYS }, `/k/${KEY}`, ''],
  ])('%s: every preset gets the right tiles', async (_title, options, prefix, query) => {
    const { url } = await setup.start({ cookies: 'full', ...options });
    await expectTiles(await indexAt(`${url}${prefix}/presets${query}`), (link) => link);
  });

  it.each([
    ['query', '', `?key=${KEY}`],
    ['path', `/k/${KEY}`, ''],
  ])('every URL starts with PUBLIC_URL, with a key in the %s', async (_form, prefix, query) => {
    const { url } = await setup.start({ cookies: 'full', keys: ALL_KEYS, env: { PUBLIC_URL } });
    const local = (link: string) => {
      expect(link).toMatch(/^https:\/\/maps\.example\/heat\//);
      expect(link).toContain(KEY);
      return link.replace(PUBLIC_URL, url);
    };
    await expectTiles(await indexAt(`${url}${prefix}/presets${query}`), local);
  });
});

describe('the key in the preset of iD', () => {
  it.each([
    ['query', '', `?key=${KEY}`],
    ['path', `/k/${KEY}`, ''],
  ])(
    'is an access_token, which iD keeps out of public changesets, for a key in the %s',
    async (_form, prefix, query) => {
      const { url } = await setup.start({ cookies: 'full', keys: ALL_KEYS });
      const entries = await indexAt(`${url}${prefix}/presets${query}`);
      const { template, link } = entries.find(({ id }) => id === 'id')!;
      expect(template).toBe(`${url}/xyz/all/hot/{z}/{x}/{y}.png?access_token=${KEY}`);
      expect(decodeURIComponent(link!)).toContain(template);
    },
  );
});

it('the URL for ArcGIS has the key in its path, because its JavaScript SDK drops queries', async () => {
  const { url } = await setup.start({ cookies: 'full', keys: ALL_KEYS });
  for (const path of [`/presets?key=${KEY}`, `/k/${KEY}/presets`]) {
    const { template } = (await indexAt(`${url}${path}`)).find(({ id }) => id === 'arcgis')!;
    expect(template).toBe(`${url}/k/${KEY}/wmts`);
  }
});

describe('a preset without a key in its URLs', () => {
  it('says in every entry that the key of a header is missing', async () => {
    const { url } = await setup.start({ cookies: 'full', keys: ALL_KEYS });
    const response = await fetch(`${url}/presets`, { headers: { 'x-api-key': KEY } });
    const { clients } = (await response.json()) as { clients: Entry[] };
    expect(JSON.stringify(clients)).not.toContain(KEY);
    for (const { steps } of clients) expect(steps.at(-1)).toContain('contain no API key');
  });
});

describe('without cookies', () => {
  it('every preset ends at the last zoom level that exists, and says so', async () => {
    const { url } = await setup.start();
    const entries = await indexAt(`${url}/presets`);
    for (const { id, tileSize, maxZoom, steps } of entries) {
      expect([id, maxZoom]).toEqual([id, tileSize === 512 ? 11 : 12]);
      expect(steps.at(-1)).toContain(`tiles end at zoom ${maxZoom}`);
    }
    await expectTiles(entries, (link) => link);
  });
});

describe('a key for some layers and zoom levels', () => {
  const keys = {
    keys: [
      { id: 'rider', key: KEY, sports: ['ride', 'sport_Ride'], colors: ['hot', 'blue'], maxZoom: 9 },
      { id: 'none', key: 'key-without-layers', layers: ['gone-*'] },
    ],
  };

  it('gets presets for its first layer by default, with its max zoom', async () => {
    const { url } = await setup.start({ cookies: 'full', keys });
    const entries = await indexAt(`${url}/presets?key=${KEY}`);
    expect(entries.map(({ maxZoom }) => maxZoom)).toEqual(Array(ENTRIES.length).fill(9));
    expect(JSON.stringify(entries)).not.toContain('all-hot');
    await expectTiles(entries, (link) => link, 'ride/hot');
  });

  it('gets its layers only in a file with several', async () => {
    const { url } = await setup.start({ cookies: 'full', keys });
    const load = (link: string) => bytes(link);
    const titles = async (file: string, query: string) => {
      const read = FILE_READERS[file]!(await load(`${url}/presets/${file}?${query}key=${KEY}`), load);
      return (await read).map(({ title }) => title!.replace('Strava Heatmap: ', ''));
    };
    const ride = ['All Cycle Sports - Hot', 'All Cycle Sports - Blue'];
    const granted = [...ride, 'Ride - Hot', 'Ride - Blue'];
    for (const file of Object.keys(FILE_READERS)) {
      const severalLayers = ENTRIES.some(([id, , path]) => path === `/${file}` && file.startsWith(`${id}.`));
      if (!severalLayers) continue;
      expect([file, await titles(file, '')]).toEqual([file, granted]);
      expect([file, await titles(file, 'sports=ride,run&')]).toEqual([file, ride]);
      expect([file, await titles(file, 'sports=ride&colors=blue&')]).toEqual([file, ride.slice(1)]);
    }
  });

  it.each([
    ['/presets?layer=run-hot', KEY],
    ['/presets/guru/all-hot.ms', KEY],
    ['/presets/locus/ride-gray.xml', KEY],
    ['/presets/locus.xml?sports=run', KEY],
    ['/presets', 'key-without-layers'],
    ['/presets/mapproxy.yaml', 'key-without-layers'],
  ])('gets 403 for another layer: %s', async (path, key) => {
    const { url } = await setup.start({ cookies: 'full', keys });
    const response = await fetch(`${url}${path}`, { headers: { 'x-api-key': key } });
    expect(response.status).toBe(403);
    expect(((await response.json()) as { detail: string }).detail).toBe(
      'This API key does not grant this layer.',
    );
  });
});

describe('the response', () => {
  it('has the media type and the file name of the index, a private cache lifetime and an ETag', async () => {
    const { url } = await setup.start({ cookies: 'full' });
    for (const { id, href, fileName, mediaType } of await indexAt(`${url}/presets`)) {
      if (href === undefined) continue;
      const response = await fetch(href);
      await response.arrayBuffer();
      expect([id, response.headers.get('content-type')]).toEqual([id, mediaType]);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${fileName}"`);
      expect(response.headers.get('cache-control')).toBe('private, max-age=300');
      const again = await fetch(href, { headers: { 'if-none-match': response.headers.get('etag')! } });
      expect([id, again.status]).toEqual([id, 304]);
    }
  });

  const IDS = [...new Set(ENTRIES.map(([id]) => id))].join(', ');

  it.each([
    ['/presets?layer=nope', 400, 'Unknown layer "nope"; expected {sport}-{color}, e.g. all-hot.'],
    [
      '/presets?layer=all-hot&layer=ride-hot',
      400,
      'The parameter layer occurs more than once; send it once.',
    ],
    ['/presets/guru/nope.ms', 404, 'Unknown layer "nope"; expected {sport}-{color}, e.g. all-hot.'],
    ['/presets/nope.xml', 404, `Unknown client "nope"; expected one of ${IDS}.`],
    ['/presets/nope/all-hot.xml', 404, `Unknown client "nope"; expected one of ${IDS}.`],
    ['/presets/__proto__/all-hot.xml', 404, `Unknown client "__proto__"; expected one of ${IDS}.`],
    ['/presets/guru.ms', 404, 'The client guru has no such file; expected /presets/guru/{Layer}.ms.'],
    ['/presets/guru/all-hot', 404, 'The client guru has no such file; expected /presets/guru/{Layer}.ms.'],
    ['/presets/locus.json', 404, 'The client locus has no such file; expected /presets/locus.xml.'],
    [
      '/presets/qmapshack.tms',
      404,
      'The client qmapshack has no such file; expected /presets/qmapshack/{Layer}.tms or /presets/qmapshack/{Layer}.wmts.',
    ],
    ['/presets/josm', 404, 'The client josm has no file; the index at /presets has its settings.'],
    ['/presets/locus.xml?colors=pink', 400, 'Unknown value "pink" in colors; expected one of '],
  ])('for %s is %i and says what is accepted', async (path, status, detail) => {
    const { url } = await setup.start({ cookies: 'full' });
    const response = await fetch(`${url}${path}`);
    const problem = (await response.json()) as { detail: string };
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(problem.detail.startsWith(detail)).toBe(true);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
