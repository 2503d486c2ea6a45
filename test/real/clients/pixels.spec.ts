/** Windows of several tiles in GDAL: each tile is in its place. */
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { ENCODINGS, gdalPicture } from './gdal.js';
import { MATRIX_SETS } from '../../support/tiles/matrix-sets.js';
import { decode, difference, isTransparent, mosaic } from './pixels.js';
import { servedDuring } from './tiles-served.js';
import { upstreamTile } from '../../support/tiles/upstream-tile.js';
import { extentOf, type Tile } from '../../support/tiles/web-mercator.js';
import { withGateway } from '../../support/with-gateway.js';

/** Tiles on each side of a window. */
const SIDE = 4;

const setup = withGateway({ cookies: 'full' }, { per: 'suite' });

const middle = tileWithHeat(11);
const WINDOWS: [string, Tile][] = [
  ['the whole world at zoom level 2', { z: 2, x: 0, y: 0 }],
  ['a region at zoom level 11', { z: 11, x: middle.x - 1, y: middle.y - 2 }],
];

describeWith(['gdal_translate', '--version'], `a window of ${SIDE} by ${SIDE} tiles in GDAL`, () => {
  describe.each(MATRIX_SETS)('in $name', ({ name: tileMatrixSet, size }) => {
    describe.each(WINDOWS)('of %s', (_window, corner) => {
      it.each(ENCODINGS)(
        'by %s has each upstream tile in its place',
        async (_encoding, serviceAt, encoding) => {
          const service = await serviceAt(setup.gateway.url);
          const served = await servedDuring(setup.gateway, async () => {
            const found = await gdalPicture(
              service,
              { layer: 'all-hot', tileMatrixSet, tileMatrix: corner.z },
              extentOf(corner, SIDE),
            );
            const tiles = await Promise.all(
              Array.from({ length: SIDE * SIDE }, async (_, i) => {
                const tile = { z: corner.z, x: corner.x + (i % SIDE), y: corner.y + Math.floor(i / SIDE) };
                const bytes = await upstreamTile(setup.simulator, tile, size);
                return bytes && decode(bytes);
              }),
            );
            expect(difference(found, mosaic(tiles, SIDE, size))).toBeUndefined();
            expect(isTransparent(found)).toBe(false);
          });
          expect(served).toEqual({ kvp: 0, rest: 0, [encoding]: SIDE * SIDE });
        },
      );
    });
  });
});
