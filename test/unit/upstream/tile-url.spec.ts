import { describe, expect, it } from '@jest/globals';
import { tileAddress, type TileSize } from '../../../src/catalog/index.js';
import { anonymousTilePath, authenticatedTilePath } from '../../../src/upstream/tile-url.js';

const tile = (size: TileSize) =>
  tileAddress('sport_Ride-bluered', 'sport_Ride', 'bluered', 11, 1072, 717, size);

describe('the address of a tile', () => {
  it.each([
    [256, '/identified/globalheat/sport_Ride/bluered/11/1072/717.png?px=256&v=19'],
    [512, '/identified/globalheat/sport_Ride/bluered/11/1072/717.png?v=19'],
    [1024, '/identified/globalheat/sport_Ride/bluered/11/1072/717@2x.png?v=19'],
  ] as const)('of %i px at the host with cookies is %s', (size, path) => {
    expect(authenticatedTilePath(tile(size), 19)).toBe(path);
  });

  it.each([
    [256, '/tiles/sport_Ride/bluered/11/1072/717.png?px=256'],
    [512, '/tiles/sport_Ride/bluered/11/1072/717.png'],
  ] as const)('of %i px at the anonymous host is %s', (size, path) => {
    expect(anonymousTilePath(tile(size))).toBe(path);
  });

  it('never asks for a picture where there is none, and follows the version that is set', () => {
    for (const size of [256, 512, 1024] as const) {
      expect(authenticatedTilePath(tile(size), 20)).toMatch(/[?&]v=20$/);
      expect(authenticatedTilePath(tile(size), 20)).not.toContain('missing');
    }
  });
});
