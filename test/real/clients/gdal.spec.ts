/** GDAL reads the capabilities and the pixels of the upstream tiles. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat } from '../../simulator/find-tile.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import {
  ENCODINGS,
  gdalInfo,
  gdalPicture,
  KVP_DOCUMENT,
  RESTFUL_DOCUMENT,
  withoutResourceUrls,
  type Service,
} from './gdal.js';
import { LAYERS, MATRIX_SETS } from '../../support/tiles/matrix-sets.js';
import { decode, difference, isTransparent } from './pixels.js';
import { servedDuring } from './tiles-served.js';
import { upstreamTileWithHeat } from '../../support/tiles/upstream-tile.js';
import { extentOf } from '../../support/tiles/web-mercator.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'a-key-for_gdal-0123456789';

const setup = withSimulator({ per: 'suite' });
let open: RunningGateway;
let keyed: RunningGateway;
let anonymous: RunningGateway;

beforeAll(async () => {
  open = await setup.start({ cookies: 'full' });
  keyed = await setup.start({ cookies: 'full', keys: { keys: [KEY] } });
  anonymous = await setup.start();
});

describeWith(['gdalinfo', '--version'], 'GDAL', () => {
  it.each([RESTFUL_DOCUMENT, KVP_DOCUMENT])(
    'lists every layer in both matrix sets of %s',
    async (document) => {
      const { metadata } = await gdalInfo({ url: `${open.url}${document}` });
      const names = Object.entries(metadata.SUBDATASETS ?? {}).filter(([name]) => name.endsWith('_NAME'));
      const layers = names.map(([, name]) => /,layer=([\w-]+),tilematrixset=(\w+)$/.exec(name)?.slice(1));
      expect(layers).toHaveLength(LAYERS * MATRIX_SETS.length);
      expect(new Set(layers.map(String)).size).toBe(layers.length);
      for (const { name } of MATRIX_SETS) {
        expect(layers).toContainEqual(['all-hot', name]);
        expect(layers).toContainEqual(['sport_EMountainBikeRide-mobileblue', name]);
      }
    },
  );

  it('uses the highest zoom level of the 256 px set by default', async () => {
    const { size, geoTransform, coordinateSystem, bands } = await gdalInfo(
      { url: `${open.url}${RESTFUL_DOCUMENT}` },
      { layer: 'all-hot' },
    );
    expect(size).toEqual([256 * 2 ** 16, 256 * 2 ** 16]);
    const { west, north, east } = extentOf({ z: 0, x: 0, y: 0 });
    expect(geoTransform[0]).toBeCloseTo(west, 3);
    expect(geoTransform[3]).toBeCloseTo(north, 3);
    expect(geoTransform[1]! * size[0]).toBeCloseTo(east - west, 3);
    expect(geoTransform[5]).toBe(-geoTransform[1]!);
    expect(coordinateSystem.wkt).toContain('ID["EPSG",3857]');
    expect(bands.map((band) => band.colorInterpretation)).toEqual(['Red', 'Green', 'Blue', 'Alpha']);
  });

  describe.each(ENCODINGS)('by %s', (_name, serviceAt, encoding) => {
    describe.each(MATRIX_SETS)('in $name', ({ name: tileMatrixSet, size, deepest, deepestAnonymous }) => {
      it.each([0, 5, deepestAnonymous, deepest])(
        'reads the pixels of the upstream tile in the extent of a tile of zoom level %d',
        async (z) => {
          const tile = tileWithHeat(z);
          expect([tile.x === tile.y, z]).toEqual([z === 0, z]);
          const service = await serviceAt(open.url);
          const served = await servedDuring(open, async () => {
            const found = await gdalPicture(
              service,
              { layer: 'all-hot', tileMatrixSet, tileMatrix: z },
              extentOf(tile),
            );
            const expected = decode(await upstreamTileWithHeat(setup.simulator, tile, size));
            expect(difference(found, expected)).toBeUndefined();
            expect(isTransparent(found)).toBe(false);
          });
          expect(served).toEqual({ kvp: 0, rest: 0, [encoding]: 1 });
        },
      );

      it('reads a tile without heat as a transparent picture', async () => {
        const tile = tileWithoutHeat(11);
        const found = await gdalPicture(
          await serviceAt(open.url),
          { layer: 'all-hot', tileMatrixSet, tileMatrix: 11 },
          extentOf(tile),
        );
        expect([found.width, found.height, isTransparent(found)]).toEqual([size, size, true]);
      });

      it.each([
        ['query', (url: string) => url, `key=${KEY}`],
        ['path', (url: string) => `${url}/k/${KEY}`, ''],
      ])('passes a key of the %s from the document to the tiles', async (_form, base, query) => {
        const tile = tileWithHeat(10);
        const url = base(keyed.url);
        const service: Service =
          encoding === 'rest'
            ? { url: `${url}${RESTFUL_DOCUMENT}${query && `?${query}`}` }
            : await withoutResourceUrls(`${url}${KVP_DOCUMENT}${query && `&${query}`}`);
        const served = await servedDuring(
          keyed,
          async () => {
            const found = await gdalPicture(
              service,
              { layer: 'all-hot', tileMatrixSet, tileMatrix: 10 },
              extentOf(tile),
            );
            const expected = decode(await upstreamTileWithHeat(setup.simulator, tile, size));
            expect(difference(found, expected)).toBeUndefined();
          },
          KEY,
        );
        expect(served).toEqual({ kvp: 0, rest: 0, [encoding]: 1 });
      });

      it('reads anonymous tiles without cookies, and finds no higher zoom level', async () => {
        const service = await serviceAt(anonymous.url);
        const deep = { layer: 'all-hot', tileMatrixSet };
        expect((await gdalInfo(service, deep)).size[0]).toBe(size * 2 ** deepestAnonymous);
        const tile = tileWithHeat(deepestAnonymous);
        const found = await gdalPicture(service, { ...deep, tileMatrix: tile.z }, extentOf(tile));
        const expected = decode(await upstreamTileWithHeat(setup.simulator, tile, size));
        expect(difference(found, expected)).toBeUndefined();
        expect(isTransparent(found)).toBe(false);
        await expect(
          gdalPicture(service, { ...deep, tileMatrix: tile.z + 1 }, extentOf(tileWithHeat(tile.z + 1))),
        ).rejects.toThrow(/tilematrix|TileMatrix/);
      });
    });
  });

  it.each([
    ['X-API-Key', { GDAL_HTTP_HEADERS: `X-API-Key: ${KEY}` }],
    ['Authorization: Bearer', { GDAL_HTTP_HEADERS: `Authorization: Bearer ${KEY}` }],
    ['the password of Basic', { GDAL_HTTP_USERPWD: `anybody:${KEY}`, GDAL_HTTP_AUTH: 'BASIC' }],
  ])('gets access with its key in %s', async (_form, settings) => {
    const tile = tileWithHeat(10);
    const found = await gdalPicture(
      { url: `${keyed.url}${RESTFUL_DOCUMENT}` },
      { layer: 'all-hot', tileMatrixSet: 'GoogleMapsCompatible', tileMatrix: 10 },
      extentOf(tile),
      settings,
    );
    expect(difference(found, decode(await upstreamTileWithHeat(setup.simulator, tile, 256)))).toBeUndefined();
  });

  it('reports 401 without a key', async () => {
    await expect(gdalInfo({ url: `${keyed.url}${RESTFUL_DOCUMENT}` })).rejects.toThrow(/401/);
  });

  it.each(['not-found', 'no-content'])(
    'reads a tile without heat as transparent with EMPTY_TILE=%s',
    async (emptyTile) => {
      const running = await setup.start({ cookies: 'full', env: { EMPTY_TILE: emptyTile } });
      const found = await gdalPicture(
        { url: `${running.url}${RESTFUL_DOCUMENT}` },
        { layer: 'all-hot', tileMatrixSet: 'GoogleMapsCompatible', tileMatrix: 11 },
        extentOf(tileWithoutHeat(11)),
      );
      expect([found.width, isTransparent(found)]).toEqual([256, true]);
    },
  );

  it('follows redirects to the source of anonymous tiles', async () => {
    const running = await setup.start({ env: { ANONYMOUS_MODE: 'redirect' } });
    await fetch(`${running.url}/xyz/all/hot/0/0/0.png`);
    const before = setup.simulator.requests.length;
    for (const { name, size, deepestAnonymous } of MATRIX_SETS) {
      const tile = tileWithHeat(deepestAnonymous);
      const found = await gdalPicture(
        { url: `${running.url}${RESTFUL_DOCUMENT}` },
        { layer: 'all-hot', tileMatrixSet: name, tileMatrix: tile.z },
        extentOf(tile),
      );
      const expected = decode(await upstreamTileWithHeat(setup.simulator, tile, size));
      expect(difference(found, expected)).toBeUndefined();
    }
    const followed = setup.simulator.requests.slice(before).filter(({ host }) => host === 'anonymous');
    expect(followed.map(({ headers }) => String(headers['user-agent']).split(' ')[0])).toEqual([
      'GDAL',
      'GDAL',
    ]);
  });
});
