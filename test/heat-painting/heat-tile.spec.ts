import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { decodePng } from '../simulator/spec-client.js';
import { hasHeat, heatIndices } from './heat-tile.js';
import { encodePalettePng } from './picture/palette-png.js';
import { paletteOf } from './picture/palettes.js';

const ZOOMS = [2, 5, 8, 10, 11, 12, 13, 14, 15];

/** The pixels of the outermost column or row, or of one `inside` pixels further in. */
function edge(indices: Uint8Array, side: 'west' | 'east' | 'north' | 'south', inside = 0): number[] {
  const size = Math.sqrt(indices.length);
  const last = size - 1 - inside;
  const at = { west: inside, east: last, north: inside * size, south: last * size }[side];
  const step = side === 'west' || side === 'east' ? size : 1;
  return Array.from({ length: size }, (_, count) => indices[at + count * step] ?? 0);
}

function meanDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / one.length;
}

/** Half the size; each pixel is the mean of four. */
function halved(indices: Uint8Array): Uint8Array {
  const size = Math.sqrt(indices.length);
  const half = size / 2;
  return Uint8Array.from({ length: half * half }, (_, at) => {
    const from = Math.floor(at / half) * 2 * size + (at % half) * 2;
    const four = [from, from + 1, from + size, from + size + 1].map((pixel) => indices[pixel] ?? 0);
    return four.reduce((sum, value) => sum + value) / 4;
  });
}

/** Correlation of two images: 1 for equal images, 0 for unrelated ones. */
function correlation(one: Uint8Array, other: Uint8Array): number {
  const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  let [both, squareOne, squareOther] = [0, 0, 0];
  one.forEach((value, at) => {
    const [a, b] = [value - meanOne, (other[at] ?? 0) - meanOther];
    both += a * b;
    squareOne += a * a;
    squareOther += b * b;
  });
  return both / Math.sqrt(squareOne * squareOther);
}

describe('a heat tile', () => {
  it.each(ZOOMS)('continues in its neighbours without a seam at zoom %d', (z) => {
    const { x, y } = tileWithHeat(z);
    const tile = heatIndices('all', z, x, y, 256);
    const east = heatIndices('all', z, x + 1, y, 256);
    const south = heatIndices('all', z, x, y + 1, 256);
    // Pixels may differ across the edge as much as between adjacent columns or rows.
    const usual = meanDifference(edge(tile, 'east'), edge(tile, 'east', 1));
    expect(meanDifference(edge(tile, 'east'), edge(east, 'west'))).toBeLessThan(1.5 * usual + 1);
    const usualDown = meanDifference(edge(tile, 'south'), edge(tile, 'south', 1));
    expect(meanDifference(edge(tile, 'south'), edge(south, 'north'))).toBeLessThan(1.5 * usualDown + 1);
  });

  it.each(ZOOMS)('with 512 pixels equals its four child tiles at zoom %d', (z) => {
    const { x, y } = tileWithHeat(z);
    const tile = heatIndices('all', z, x, y, 512);
    for (const [right, down] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const child = heatIndices('all', z + 1, 2 * x + right, 2 * y + down, 256);
      const start = down * 256 * 512 + right * 256;
      const quarter = child.map((_, at) => tile[start + Math.floor(at / 256) * 512 + (at % 256)] ?? 0);
      expect(meanDifference(quarter, child)).toBeLessThan(0.1);
    }
  });

  it.each(ZOOMS)('at zoom %d shows the same ways as with twice the resolution', (z) => {
    const { x, y } = tileWithHeat(z);
    const near = halved(heatIndices('all', z, x, y, 512));
    expect(correlation(heatIndices('all', z, x, y, 256), near)).toBeGreaterThan(0.8);
  });

  it('is reproducible, and differs for each sport', () => {
    const { z, x, y } = tileWithHeat(12);
    const drawn = heatIndices('ride', z, x, y, 256);
    expect(heatIndices('ride', z, x, y, 256)).toEqual(drawn);
    expect(heatIndices('sport_Walk', z, x, y, 256)).not.toEqual(drawn);
  });

  it.each(['all', 'water', 'sport_NordicSki', 'sport_Golf', 'sport_Ride'])(
    'for %s has no heat within a tile without heat',
    (sport) => {
      for (let z = 8; z < 16; z++) {
        const middle = tileWithHeat(z);
        for (let step = -20; step <= 20; step++) {
          const [x, y] = [middle.x + step, middle.y + Math.floor(step / 3)];
          if (hasHeat(sport, z, x, y)) continue;
          const children = [0, 1, 2, 3].map((child) =>
            hasHeat(sport, z + 1, 2 * x + (child & 1), 2 * y + (child >> 1)),
          );
          expect(children).toEqual([false, false, false, false]);
        }
      }
    },
  );

  it('has visible pixels wherever it has heat', () => {
    for (let z = 3; z <= 16; z++) {
      const { x, y } = tileWithHeat(z);
      expect(heatIndices('all', z, x, y, 256).some((index) => index > 0)).toBe(true);
    }
  });
});

describe('a palette PNG', () => {
  it('is decoded by another library to the colors of the palette', () => {
    const indices = Uint8Array.from({ length: 256 }, (_, at) => at);
    const { rgb, alpha } = paletteOf('bluered');
    const { width, height, data } = decodePng(encodePalettePng(16, indices, { rgb, alpha }));
    expect([width, height]).toEqual([16, 16]);
    const expected = Array.from(indices, (at) => [
      ...rgb.subarray(at * 3, at * 3 + 3),
      alpha[at] ?? 0,
    ]).flat();
    expect([...data]).toEqual(expected);
  });

  it('is transparent without heat, except for grayscale', () => {
    expect(paletteOf('hot').alpha[0]).toBe(0);
    expect(paletteOf('grayscale').alpha.every((value) => value === 255)).toBe(true);
    expect(paletteOf('unknown color')).toBe(paletteOf('hot'));
  });
});
