/** OpenLayers reads the capabilities and gets the tiles of the upstream. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import type { RunningGateway } from '../support/gateway.js';
import { LAYERS, MATRIX_SETS } from '../support/tiles/matrix-sets.js';
import { inNewFolder, runProgram } from '../support/programs/run-program.js';
import { upstreamTileWithHeat } from '../support/tiles/upstream-tile.js';
import { centreOf, extentOf } from '../support/tiles/web-mercator.js';
import { withSimulator } from '../support/with-gateway.js';

const CLIENT = fileURLToPath(new URL('openlayers-client.mjs', import.meta.url));
const KEY = 'a-key-for_openlayers-0123456789';

interface Reply {
  readonly layers: readonly string[];
  readonly styles: readonly (readonly { readonly Identifier: string; readonly isDefault: boolean }[])[];
  readonly tiles: readonly {
    readonly requestEncoding: string;
    readonly matrixSet: string;
    readonly style: string;
    readonly format: string;
    readonly projection: string;
    readonly wrapX: boolean;
    readonly levels: number;
    readonly tileSize: number;
    readonly extent: readonly number[];
    readonly tileCoord: readonly number[];
    readonly url: string;
  }[];
}

interface TileRequest {
  readonly layer: string;
  readonly matrixSet?: string;
  readonly requestEncoding?: string;
  readonly z: number;
  readonly coordinate: readonly number[];
}

async function ask(url: string, tiles: readonly TileRequest[]): Promise<Reply> {
  const { status, stdout, stderr } = await inNewFolder((folder) =>
    runProgram(process.execPath, [CLIENT, url], folder, { stdin: JSON.stringify(tiles) }),
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Reply;
}

const setup = withSimulator({ per: 'suite' });
let open: RunningGateway;
let keyed: RunningGateway;
let anonymous: RunningGateway;

beforeAll(async () => {
  open = await setup.start({ cookies: 'full' });
  keyed = await setup.start({ cookies: 'full', keys: { keys: [KEY] } });
  anonymous = await setup.start();
});

/** In both sets and both encodings: the lowest zoom level, the highest, and some where the column is not the row. */
const QUESTIONS = MATRIX_SETS.flatMap((set) =>
  (['KVP', 'REST'] as const).flatMap((requestEncoding) =>
    [0, 6, set.deepestAnonymous, set.deepest].map((z) => ({ set, requestEncoding, tile: tileWithHeat(z) })),
  ),
);

const questionOf = ({ set, requestEncoding, tile }: (typeof QUESTIONS)[number]): TileRequest => ({
  layer: 'all-hot',
  matrixSet: set.name,
  requestEncoding,
  z: tile.z,
  coordinate: centreOf(tile),
});

async function expectUpstreamBytes(
  { tiles }: Reply,
  questions: readonly (typeof QUESTIONS)[number][],
): Promise<void> {
  expect(tiles).toHaveLength(questions.length);
  for (const [index, { set, tile }] of questions.entries()) {
    const { url } = tiles[index]!;
    const answer = await fetch(url);
    expect([url, answer.status, answer.headers.get('content-type')]).toEqual([url, 200, 'image/png']);
    const expected = await upstreamTileWithHeat(setup.simulator, tile, set.size);
    expect([url, Buffer.from(await answer.arrayBuffer()).equals(expected)]).toEqual([url, true]);
  }
}

describe('OpenLayers', () => {
  it.each(['/wmts/1.0.0/WMTSCapabilities.xml', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities'])(
    'lists every layer of %s with its default style',
    async (document) => {
      const { layers, styles } = await ask(`${open.url}${document}`, []);
      expect(layers).toHaveLength(LAYERS);
      expect(layers).toEqual(expect.arrayContaining(['all-hot', 'sport_Ride-bluered']));
      for (const style of styles)
        expect(style).toEqual([expect.objectContaining({ Identifier: 'default', isDefault: true })]);
    },
  );

  it('builds the URL of the upstream tile from a coordinate, in both encodings and both matrix sets', async () => {
    const reply = await ask(`${open.url}/wmts/1.0.0/WMTSCapabilities.xml`, QUESTIONS.map(questionOf));
    for (const [index, { set, requestEncoding, tile }] of QUESTIONS.entries()) {
      const found = reply.tiles[index]!;
      expect(found).toMatchObject({
        requestEncoding,
        matrixSet: set.name,
        style: 'default',
        format: 'image/png',
        projection: expect.stringMatching(/3857$/),
        wrapX: true,
        levels: set.deepest + 1,
        tileSize: set.size,
        tileCoord: [tile.z, tile.x, tile.y],
      });
      const { west, south, east, north } = extentOf(tile);
      [west, south, east, north].forEach((edge, i) => expect(found.extent[i]).toBeCloseTo(edge, 3));
      expect(found.url.includes('?')).toBe(requestEncoding === 'KVP');
    }
    await expectUpstreamBytes(reply, QUESTIONS);
  });

  it.each([
    ['query', (url: string) => `${url}/wmts/1.0.0/WMTSCapabilities.xml?key=${KEY}`],
    ['path', (url: string) => `${url}/k/${KEY}/wmts/1.0.0/WMTSCapabilities.xml`],
  ])('keeps a key of the %s in tile URLs', async (_form, document) => {
    await expectUpstreamBytes(await ask(document(keyed.url), QUESTIONS.map(questionOf)), QUESTIONS);
  });

  it('requests 256 px tiles by default', async () => {
    const tile = tileWithHeat(9);
    const reply = await ask(`${open.url}/wmts/1.0.0/WMTSCapabilities.xml`, [
      { layer: 'all-hot', z: tile.z, coordinate: centreOf(tile) },
    ]);
    expect(reply.tiles[0]).toMatchObject({ matrixSet: 'GoogleMapsCompatible', tileSize: 256 });
    const answer = await fetch(reply.tiles[0]!.url);
    const expected = await upstreamTileWithHeat(setup.simulator, tile, 256);
    expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
  });

  it('finds the available zoom levels without cookies', async () => {
    const questions = QUESTIONS.filter(({ set, tile }) => tile.z <= set.deepestAnonymous);
    const reply = await ask(
      `${anonymous.url}/wmts/1.0.0/WMTSCapabilities.xml`,
      questions.map((question) => questionOf(question)),
    );
    expect(reply.tiles.map(({ levels }) => levels)).toEqual(
      questions.map(({ set }) => set.deepestAnonymous + 1),
    );
    await expectUpstreamBytes(reply, questions);
  });
});
