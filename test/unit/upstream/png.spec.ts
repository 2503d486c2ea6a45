import { PNG } from 'pngjs';
import { describe, expect, it } from '@jest/globals';
import { pngProblem } from '../../../src/upstream/png.js';

const png = (width: number, height = width) => PNG.sync.write(new PNG({ width, height }), { filterType: 0 });
const whole = png(256);
/** `whole` with one byte another. */
function broken(at: number): Buffer {
  const copy = Buffer.from(whole);
  copy[at < 0 ? copy.length + at : at]! ^= 0xff;
  return copy;
}

describe('a PNG', () => {
  it.each([256, 512, 1024])('of %i px is whole', (size) => {
    expect(pngProblem(png(size), size)).toBeUndefined();
  });

  it('has the size that was asked for, in both directions', () => {
    expect(pngProblem(png(512), 256)).toBe('has 512 x 512 pixels instead of 256');
    expect(pngProblem(png(256, 255), 256)).toBe('has 256 x 255 pixels instead of 256');
    expect(pngProblem(png(255, 256), 256)).toBe('has 255 x 256 pixels instead of 256');
  });

  it('begins as every PNG does', () => {
    for (let at = 0; at < 16; at++) expect(pngProblem(broken(at), 256)).toBe('is not a PNG');
  });

  it('ends as every PNG does', () => {
    for (let at = -12; at < 0; at++) expect(pngProblem(broken(at), 256)).toBe('is cut off');
    expect(pngProblem(Buffer.concat([whole, Buffer.from('x')]), 256)).toBe('is cut off');
  });

  it('is none when it is cut off anywhere', () => {
    for (let length = 0; length < whole.length; length += 7)
      expect(pngProblem(whole.subarray(0, length), 256)).toMatch(/is not a PNG|is cut off/);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from(`<!doctype html>${' '.repeat(500)}`)],
    ['a GIF', Buffer.from(`GIF89a${' '.repeat(500)}`)],
    ['a page in front of a PNG', Buffer.concat([Buffer.from('\n'), whole])],
    ['zeros', Buffer.alloc(1000)],
  ])('is not %s', (_name, body) => {
    expect(pngProblem(body, 256)).toBe('is not a PNG');
  });
});
