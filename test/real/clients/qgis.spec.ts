/** The list of layers that QGIS shows for a WMTS connection. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { inNewFolder, runProgram } from '../../support/programs/run-program.js';
import { LAYERS, MATRIX_SETS } from '../../support/tiles/matrix-sets.js';
import { withSimulator } from '../../support/with-gateway.js';

const PYTHON = '/usr/bin/python3';
const LIST = fileURLToPath(new URL('qgis-layer-list.py', import.meta.url));
const DOCUMENT = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
const [SMALL_TILES] = MATRIX_SETS.map(({ name }) => name);

interface LayerList {
  readonly dialog: readonly (readonly [title: string, tileset: string])[];
  readonly browser: readonly (readonly [name: string, children: readonly string[]])[];
}

const setup = withSimulator({ per: 'suite' });
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await setup.start({ cookies: 'full' });
});

/** What QGIS lists for the URL of a document, or for the connection file at `preset`. */
async function listOf({ url, preset }: { url?: string; preset?: string }): Promise<LayerList> {
  return inNewFolder(async (folder) => {
    let source = `${gateway.url}${url}`;
    if (preset !== undefined) {
      const response = await fetch(`${gateway.url}${preset}`);
      source = join(folder, 'connections.xml');
      await writeFile(source, await response.text());
    }
    const { stdout, stderr, status } = await runProgram(PYTHON, [LIST, source], folder);
    if (status !== 0) throw new Error(`qgis: ${stderr}`);
    return JSON.parse(stdout) as LayerList;
  });
}

function expectEveryTitleOnce({ dialog, browser }: LayerList, layers: number): void {
  expect(new Set(dialog.map(([title]) => title)).size).toBe(layers);
  expect(dialog).toHaveLength(layers);
  expect(new Set(dialog.map(([, tileset]) => tileset))).toEqual(new Set([SMALL_TILES]));
  expect(browser.map(([name]) => name).sort()).toEqual(dialog.map(([title]) => title).sort());
  expect(browser.flatMap(([, children]) => children)).toEqual([]);
}

describeWith([PYTHON, '-c', 'import qgis.gui'], 'QGIS', () => {
  it.each([
    ['the preset', { preset: '/presets/qgis-wmts.xml' }, LAYERS],
    ['the preset for some layers', { preset: '/presets/qgis-wmts.xml?sports=ride,run&colors=hot' }, 2],
    ['a URL with one TileMatrixSet', { url: `${DOCUMENT}&tileMatrixSets=${SMALL_TILES}` }, LAYERS],
    [
      'the RESTful document with one TileMatrixSet',
      { url: `/wmts/1.0.0/WMTSCapabilities.xml?tileMatrixSets=${SMALL_TILES}&sports=water` },
      7,
    ],
  ])('lists every layer once for %s', async (_name, source, layers) => {
    expectEveryTitleOnce(await listOf(source), layers);
  });

  it('lists every layer once per TileMatrixSet for the whole document, and names the set', async () => {
    const { dialog, browser } = await listOf({ url: DOCUMENT });
    expect(dialog).toHaveLength(LAYERS * MATRIX_SETS.length);
    expect(new Set(dialog.map((row) => row.join())).size).toBe(dialog.length);
    for (const [, children] of browser)
      expect([...children].sort()).toEqual(MATRIX_SETS.map(({ name }) => name).sort());
  });
});
