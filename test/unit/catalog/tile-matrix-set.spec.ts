import { describe, expect, it } from '@jest/globals';
import {
  MAX_LATITUDE,
  maxZoom,
  SUPPORTED_CRS,
  TILE_MATRIX_SETS,
  tileMatrices,
  TOP_LEFT_CORNER,
} from '../../../src/catalog/index.js';

const EARTH_RADIUS = 6378137;

describe('the tile matrix sets', () => {
  it('are GoogleMapsCompatible with 256 px, which comes first, and WebMercatorQuadx2 with 512 px', () => {
    expect(
      TILE_MATRIX_SETS.map(({ identifier, tileSize, topScaleDenominator }) => [
        identifier,
        tileSize,
        topScaleDenominator,
      ]),
    ).toEqual([
      ['GoogleMapsCompatible', 256, 559082264.0287178],
      ['WebMercatorQuadx2', 512, 279541132.0143589],
    ]);
  });

  it('have the scale denominators of the standard', () => {
    expect(TOP_LEFT_CORNER).toBe('-20037508.3427892 20037508.3427892');
    expect(SUPPORTED_CRS).toBe('urn:ogc:def:crs:EPSG::3857');
    // The latitude at which the extent is a square.
    expect(MAX_LATITUDE).toBeCloseTo((Math.atan(Math.sinh(Math.PI)) * 180) / Math.PI, 10);
  });

  it.each([
    [256, 'full', 16],
    [512, 'full', 15],
    [1024, 'full', 14],
    [256, 'anonymous', 12],
    [512, 'anonymous', 11],
    [1024, 'anonymous', 10],
  ] as const)('of %i px and %s coverage end at level %i', (size, zoomAvailability, deepest) => {
    expect(maxZoom(size, zoomAvailability)).toBe(deepest);
  });
});

describe.each(TILE_MATRIX_SETS)('the matrices of $identifier', (set) => {
  const matrices = tileMatrices(set, maxZoom(set.tileSize, 'full'));

  it('are numbered from 0 without a gap, and double in width and height at each zoom', () => {
    expect(matrices.map(({ identifier }) => identifier)).toEqual(
      Array.from({ length: set.tileSize === 256 ? 17 : 16 }, (_, zoom) => String(zoom)),
    );
    for (const [zoom, { matrixWidth, matrixHeight }] of matrices.entries())
      expect([matrixWidth, matrixHeight]).toEqual([2 ** zoom, 2 ** zoom]);
  });

  it('span the whole projection at each zoom with a pixel of 0.28 mm', () => {
    for (const { scaleDenominator, matrixWidth } of matrices) {
      const metres = scaleDenominator * 0.00028 * set.tileSize * matrixWidth;
      expect(metres).toBeCloseTo(2 * Math.PI * EARTH_RADIUS, 4);
    }
  });

  it('without cookies are the low zoom levels of the same sets', () => {
    const topZoom = set.tileSize === 256 ? 12 : 11;
    expect(maxZoom(set.tileSize, 'anonymous')).toBe(topZoom);
    expect(tileMatrices(set, topZoom)).toEqual(matrices.slice(0, topZoom + 1));
  });
});

it('at the same zoom the scale denominator of 512 px is half that of 256 px', () => {
  const [small, large] = TILE_MATRIX_SETS.map((set) => tileMatrices(set, maxZoom(set.tileSize, 'full')));
  for (const [zoom, { scaleDenominator }] of large!.entries())
    expect(scaleDenominator).toBe(small![zoom]!.scaleDenominator / 2);
});
