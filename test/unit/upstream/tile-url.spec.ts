import { describe, expect, it } from '@jest/globals';
import { tileAddress, type TileSize } from '../../../src/catalog/index.js';
import {
  anonymousTilePath,
  authenticatedTilePath,
  oldAnonymousTilePath,
} from '../../../src/upstream/tile-url.js';

const tile = (size: TileSize) =>
  tileAddress('sport_Ride-bluered', 'sport_Ride', 'bluered', 11, 1072, 717, size);

describe('the address of a tile', () => {
  it.each([
    [256, '/identified/globalheat/sport_Ride/bluered/11/1072/717.png?px=256&v=20'],
    [512, '/identified/globalheat/sport_Ride/bluered/11/1072/717.png?px=512&v=20'],
    [1024, '/identified/globalheat/sport_Ride/bluered/11/1072/717@2x.png?v=20'],
  ] as const)('of %i px at the tile host is %s, and without cookies the same below /anon', (size, path) => {
    expect(authenticatedTilePath(tile(size), 20)).toBe(path);
    expect(anonymousTilePath(tile(size), 20)).toBe(path.replace('/identified/', '/anon/'));
  });

  it.each([
    [256, '/tiles/sport_Ride/bluered/11/1072/717.png?px=256'],
    [512, '/tiles/sport_Ride/bluered/11/1072/717.png?px=512'],
  ] as const)('of %i px at the old anonymous host is %s', (size, path) => {
    expect(oldAnonymousTilePath(tile(size))).toBe(path);
  });

  it('never asks for a picture where there is none, and follows the version that is set', () => {
    for (const size of [256, 512, 1024] as const) {
      for (const path of [authenticatedTilePath(tile(size), 21), anonymousTilePath(tile(size), 21)]) {
        expect(path).toMatch(/[?&]v=21$/);
        expect(path).not.toContain('missing');
      }
    }
  });
});
