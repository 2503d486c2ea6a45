import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat } from '../../simulator/find-tile.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { LAYERS, MATRIX_SETS } from '../../support/tiles/matrix-sets.js';
import { decode, isTransparent } from './pixels.js';
import { inNewFolder, runProgram } from '../../support/programs/run-program.js';
import { servedDuring } from './tiles-served.js';
import { upstreamTileWithHeat } from '../../support/tiles/upstream-tile.js';
import type { Tile } from '../../support/tiles/web-mercator.js';
import { withSimulator } from '../../support/with-gateway.js';

/** That of the system, for which distributions package OWSLib; another one may come first in `PATH`. */
const PYTHON = '/usr/bin/python3';
const CLIENT = fileURLToPath(new URL('owslib-client.py', import.meta.url));
const KEY = 'a-key-for_owslib-0123456789';

interface Question {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly username?: string;
  readonly password?: string;
  readonly tiles?: readonly TileRequest[];
}

interface TileRequest {
  readonly encoding: 'kvp' | 'rest';
  readonly layer: string;
  readonly tilematrixset?: string;
  readonly tilematrix: string;
  readonly row: number;
  readonly column: number;
}

interface Reply {
  readonly layers: readonly string[];
  readonly operations: readonly string[];
  readonly restOnly: boolean;
  readonly tileMatrixSets: Readonly<
    Record<
      string,
      {
        readonly crs: string;
        readonly levels: readonly {
          readonly identifier: string;
          readonly topLeftCorner: readonly [number, number];
          readonly scaleDenominator: number;
          readonly tileWidth: number;
          readonly matrixWidth: number;
        }[];
      }
    >
  >;
  readonly tiles: readonly {
    readonly url?: string;
    readonly type?: string;
    readonly bytes?: string;
    readonly exception?: string;
  }[];
}

async function ask(question: Question): Promise<Reply> {
  const { status, stdout, stderr } = await inNewFolder((folder) =>
    runProgram(PYTHON, ['-W', 'ignore', CLIENT], folder, { stdin: JSON.stringify(question) }),
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Reply;
}

const tileQuestion = (encoding: 'kvp' | 'rest', { z, x, y }: Tile, tilematrixset?: string): TileRequest => ({
  encoding,
  layer: 'all-hot',
  ...(tilematrixset === undefined ? {} : { tilematrixset }),
  tilematrix: String(z),
  row: y,
  column: x,
});

const setup = withSimulator({ per: 'suite' });
let open: RunningGateway;
let keyed: RunningGateway;
let anonymous: RunningGateway;

beforeAll(async () => {
  open = await setup.start({ cookies: 'full' });
  keyed = await setup.start({ cookies: 'full', keys: { keys: [KEY] } });
  anonymous = await setup.start();
});

/** Level 0 and the deepest of each set, and some in between; beyond level 0 no column is its row. */
const TILES = MATRIX_SETS.flatMap((set) =>
  [0, 6, set.deepestAnonymous, set.deepest].map((z) => ({ set, tile: tileWithHeat(z) })),
);

async function expectUpstreamBytes(reply: Reply): Promise<void> {
  expect(reply.tiles).toHaveLength(TILES.length);
  for (const [index, { set, tile }] of TILES.entries()) {
    const { type, bytes, exception } = reply.tiles[index]!;
    expect([exception, type]).toEqual([undefined, 'image/png']);
    const expected = await upstreamTileWithHeat(setup.simulator, tile, set.size);
    expect([set.name, tile, Buffer.from(bytes!, 'base64').equals(expected)]).toEqual([set.name, tile, true]);
  }
}

const DOCUMENTS = [
  ['the bare KVP address', '/wmts'],
  ['a KVP address with an empty query', '/wmts?'],
  ['a whole GetCapabilities request', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0'],
  ['the RESTful document', '/wmts/1.0.0/WMTSCapabilities.xml'],
] as const;

describeWith([PYTHON, '-c', 'import owslib.wmts'], 'OWSLib', () => {
  it.each(DOCUMENTS)('reads layers and matrix sets from %s', async (_name, path) => {
    const { layers, operations, restOnly, tileMatrixSets } = await ask({ url: `${open.url}${path}` });
    expect(layers).toHaveLength(LAYERS);
    expect(layers).toEqual(expect.arrayContaining(['all-hot', 'sport_Ride-bluered']));
    expect(operations).toEqual(['GetCapabilities', 'GetTile']);
    expect(restOnly).toBe(false);
    expect(Object.keys(tileMatrixSets)).toEqual(MATRIX_SETS.map(({ name }) => name));
    for (const { name, size, deepest } of MATRIX_SETS) {
      const { crs, levels } = tileMatrixSets[name]!;
      expect(crs).toBe('urn:ogc:def:crs:EPSG::3857');
      expect(levels).toHaveLength(deepest + 1);
      const half = Math.PI * 6378137;
      levels.forEach(({ identifier, topLeftCorner, scaleDenominator, tileWidth, matrixWidth }, z) => {
        expect([identifier, tileWidth, matrixWidth]).toEqual([String(z), size, 2 ** z]);
        expect(topLeftCorner[0]).toBeCloseTo(-half, 3);
        expect(topLeftCorner[1]).toBeCloseTo(half, 3);
        // A pixel of the standard is 0.28 mm wide; all of them together go once around the equator.
        expect(scaleDenominator * 0.00028 * size * matrixWidth).toBeCloseTo(2 * half, 3);
      });
    }
  });

  it.each([
    ['KVP', 'kvp'],
    ['ResourceURL', 'rest'],
  ] as const)("gets by %s the very bytes of the upstream's tiles", async (_name, encoding) => {
    const tiles = TILES.map(({ set, tile }) => tileQuestion(encoding, tile, set.name));
    let reply!: Reply;
    const served = await servedDuring(open, async () => {
      reply = await ask({ url: `${open.url}${DOCUMENTS[encoding === 'kvp' ? 0 : 3][1]}`, tiles });
    });
    await expectUpstreamBytes(reply);
    expect(served).toEqual({ kvp: 0, rest: 0, [encoding]: TILES.length });
  });

  it.each([
    ['the query of the KVP address', (url: string) => ({ url: `${url}/wmts?key=${KEY}` })],
    [
      'the query of the RESTful document',
      (url: string) => ({ url: `${url}/wmts/1.0.0/WMTSCapabilities.xml?key=${KEY}` }),
    ],
    ['the path of the KVP address', (url: string) => ({ url: `${url}/k/${KEY}/wmts` })],
    [
      'the path of the RESTful document',
      (url: string) => ({ url: `${url}/k/${KEY}/wmts/1.0.0/WMTSCapabilities.xml` }),
    ],
    ['a header', (url: string) => ({ url: `${url}/wmts`, headers: { 'X-API-Key': KEY } })],
    ['the password of Basic', (url: string) => ({ url: `${url}/wmts`, username: 'me', password: KEY })],
  ])('gets the same with a key in %s, in both encodings', async (_form, question) => {
    for (const encoding of ['kvp', 'rest'] as const) {
      const tiles = TILES.map(({ set, tile }) => tileQuestion(encoding, tile, set.name));
      await expectUpstreamBytes(await ask({ ...question(keyed.url), tiles }));
    }
  });

  it('gets a 256 px tile when no set is named', async () => {
    const tile = tileWithHeat(8);
    const { tiles } = await ask({ url: `${open.url}/wmts`, tiles: [tileQuestion('kvp', tile)] });
    const expected = await upstreamTileWithHeat(setup.simulator, tile, 256);
    expect(Buffer.from(tiles[0]!.bytes!, 'base64').equals(expected)).toBe(true);
  });

  it('gets a transparent picture where there is no heat', async () => {
    const tile = tileWithoutHeat(11);
    const { tiles } = await ask({
      url: `${open.url}/wmts`,
      tiles: MATRIX_SETS.map(({ name }) => tileQuestion('kvp', tile, name)),
    });
    MATRIX_SETS.forEach(({ size }, index) => {
      const picture = decode(Buffer.from(tiles[index]!.bytes!, 'base64'));
      expect([picture.width, picture.height, isTransparent(picture)]).toEqual([size, size, true]);
    });
  });

  it('finds without cookies the levels that are there, and gets their tiles', async () => {
    const { tileMatrixSets, tiles } = await ask({
      url: `${anonymous.url}/wmts`,
      tiles: MATRIX_SETS.map(({ name, deepestAnonymous }) =>
        tileQuestion('kvp', tileWithHeat(deepestAnonymous), name),
      ),
    });
    for (const [index, { name, size, deepestAnonymous }] of MATRIX_SETS.entries()) {
      expect(tileMatrixSets[name]!.levels.at(-1)!.identifier).toBe(String(deepestAnonymous));
      const expected = await upstreamTileWithHeat(setup.simulator, tileWithHeat(deepestAnonymous), size);
      expect(Buffer.from(tiles[index]!.bytes!, 'base64').equals(expected)).toBe(true);
    }
  });

  it('raises the exception report for a tile outside the matrix', async () => {
    const { tiles } = await ask({
      url: `${open.url}/wmts`,
      tiles: [tileQuestion('kvp', { z: 3, x: 0, y: 8 }, 'GoogleMapsCompatible')],
    });
    expect(tiles[0]!.exception).toMatch(/exceptionCode="TileOutOfRange" locator="TileRow"/);
  });

  it('raises the exception report without a key', async () => {
    await expect(ask({ url: `${keyed.url}/wmts` })).rejects.toThrow(/ServiceException.*NoApplicableCode/s);
  });
});
