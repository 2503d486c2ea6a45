/** GIS programs read their presets and draw the pixels of the upstream tiles. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { inNewFolder, runProgram } from '../../support/programs/run-program.js';
import { upstreamTileWithHeat } from '../../support/tiles/upstream-tile.js';
import { extentOf, type Tile } from '../../support/tiles/web-mercator.js';
import { withSimulator } from '../../support/with-gateway.js';
import { gdalPicture } from './gdal.js';
import { decode, difference, premultiplied } from './pixels.js';

const PYTHON = '/usr/bin/python3';
const QGIS = fileURLToPath(new URL('qgis-client.py', import.meta.url));
const MAPPROXY = fileURLToPath(new URL('mapproxy-client.py', import.meta.url));
const KEY = 'a-Key_0123456789_-9';

const setup = withSimulator({ per: 'suite' });
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await setup.start({ cookies: 'full', keys: { keys: [KEY] } });
});

const FORMS: [form: string, url: (path: string) => string][] = [
  ['query', (path) => `${gateway.url}${path}${path.includes('?') ? '&' : '?'}key=${KEY}`],
  ['path', (path) => `${gateway.url}/k/${KEY}${path}`],
];

async function preset(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return text;
}

const upstreamPicture = async (tile: Tile, size: 256 | 512) =>
  decode(await upstreamTileWithHeat(setup.simulator, tile, size));

describeWith(['gdalinfo', '--version'], 'GDAL', () => {
  it.each(FORMS)('draws the tiles of its preset, with the key in the %s', async (_form, url) => {
    const description = await preset(url('/presets/gdal/all-hot.xml'));
    const tile = tileWithHeat(15);
    const found = await gdalPicture({ description }, {}, extentOf(tile));
    expect(difference(found, await upstreamPicture(tile, 512))).toBeUndefined();
  });
});

describeWith([PYTHON, '-c', 'import mapproxy'], 'MapProxy', () => {
  it.each(FORMS)('serves the tiles of its preset, with the key in the %s', async (_form, url) => {
    const configuration = await preset(url('/presets/mapproxy.yaml?sports=all,ride&colors=hot'));
    const tile = tileWithHeat(12);
    const { west, south, east, north } = extentOf(tile);
    const paths = [
      `/tiles/all-hot/heatmap/${tile.z}/${tile.x}/${tile.y}.png`,
      `/wmts/all-hot/heatmap/${tile.z}/${tile.x}/${tile.y}.png`,
      `/service?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=all-hot&STYLES=&SRS=EPSG:3857&BBOX=${west},${south},${east},${north}&WIDTH=256&HEIGHT=256&FORMAT=image/png&TRANSPARENT=true`,
    ];
    const responses = await inNewFolder(async (folder) => {
      await writeFile(join(folder, 'mapproxy.yaml'), configuration);
      const { stdout, stderr, status } = await runProgram(
        PYTHON,
        [MAPPROXY, 'mapproxy.yaml', ...paths],
        folder,
      );
      if (status !== 0) throw new Error(`mapproxy: ${stderr}`);
      return JSON.parse(stdout) as { status: string; body: string }[];
    });
    const expected = await upstreamPicture(tile, 256);
    expect(responses.map(({ status }) => status)).toEqual(paths.map(() => '200 OK'));
    for (const { body } of responses)
      expect(difference(decode(Buffer.from(body, 'base64')), expected)).toBeUndefined();
  });
});

describeWith([PYTHON, '-c', 'import xyzservices'], 'xyzservices', () => {
  it.each(FORMS)('builds the tile URLs of its preset, with the key in the %s', async (_form, url) => {
    const { clients } = JSON.parse(await preset(url('/presets?layer=all-hot'))) as {
      clients: { id: string; snippet: string }[];
    };
    const { snippet } = clients.find(({ id }) => id === 'xyzservices')!;
    const tile = tileWithHeat(16);
    const program = `${snippet}
import json
url = heatmap.build_url(x=${tile.x}, y=${tile.y}, z=${tile.z})
print(json.dumps([heatmap.name, heatmap.attribution, heatmap.min_zoom, heatmap.max_zoom, url]))
`;
    const { stdout, stderr } = await inNewFolder((folder) => runProgram(PYTHON, ['-c', program], folder));
    if (stdout === '') throw new Error(`xyzservices: ${stderr}`);
    const [name, attribution, minZoom, maxZoom, tileUrl] = JSON.parse(stdout) as unknown[];
    expect([name, attribution, minZoom, maxZoom]).toEqual([
      'Strava Heatmap: All Sports - Hot',
      'Heatmap (c) Strava',
      0,
      16,
    ]);
    const found = Buffer.from(await (await fetch(String(tileUrl))).arrayBuffer());
    expect(found.equals(await upstreamTileWithHeat(setup.simulator, tile, 256))).toBe(true);
  });
});

describeWith([PYTHON, '-c', 'import qgis.gui'], 'QGIS', () => {
  it.each(
    FORMS.flatMap(
      ([form, url]) =>
        [
          ['xyz', 'XYZ connection', '/presets/qgis-xyz.xml?sports=all&colors=hot', form, url],
          ['wmts', 'WMTS connection', '/presets/qgis-wmts.xml', form, url],
          ['qlr', 'layer definition', '/presets/qgis/all-hot.qlr', form, url],
        ] as const,
    ),
  )(
    'draws the tiles of its preset: %s, %s %s, with the key in the %s',
    async (kind, _title, path, _form, url) => {
      const text = await preset(url(path));
      const tile = tileWithHeat(12);
      const { west, south, east, north } = extentOf(tile);
      const read = await inNewFolder(async (folder) => {
        const file = join(folder, `preset.${kind === 'qlr' ? 'qlr' : 'xml'}`);
        await writeFile(file, text);
        const stdin = JSON.stringify({ kind, file, extent: [west, south, east, north], size: 256 });
        const { stdout, stderr, status } = await runProgram(PYTHON, [QGIS], folder, { stdin });
        if (status !== 0) throw new Error(`qgis: ${stderr}`);
        return JSON.parse(stdout) as { name: string; picture: string };
      });
      expect(read.name).toBe(kind === 'wmts' ? 'Strava Heatmap' : 'Strava Heatmap: All Sports - Hot');
      const found = decode(Buffer.from(read.picture, 'base64'));
      const expected = await upstreamPicture(tile, 256);
      // QGIS draws with premultiplied colours, and rounds them twice.
      expect(difference(premultiplied(found), premultiplied(expected), 1)).toBeUndefined();
    },
  );
});
