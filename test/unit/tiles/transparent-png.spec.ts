import { PNG } from 'pngjs';
import { describe, expect, it } from '@jest/globals';
import { transparentPng } from '../../../src/tiles/transparent-png.js';
import { pngProblem } from '../../../src/common/png/png-problem.js';

describe.each([256, 512, 1024] as const)('the transparent tile of %i px', (size) => {
  const tile = transparentPng(size);

  it('is a whole PNG of that size in which nothing is to be seen', () => {
    const { width, height, data } = PNG.sync.read(tile);
    expect([width, height]).toEqual([size, size]);
    expect(data.some((byte, i) => i % 4 === 3 && byte !== 0)).toBe(false);
  });

  it('passes for a tile of the upstream', () => {
    expect(pngProblem(tile, size)).toBeUndefined();
  });

  it('is small enough to be sent without end', () => {
    expect(tile.length).toBeLessThan(1024);
  });
});
