import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it } from '@jest/globals';
import { pngChunk } from '../../../../src/common/png/png-chunk.js';
import { pngProblem } from '../../../../src/common/png/png-problem.js';
import { holds } from '../../../support/properties/holds.js';

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
    for (let at = -12; at < 0; at++) expect(pngProblem(broken(at), 256)).toBe('is truncated');
    expect(pngProblem(Buffer.concat([whole, Buffer.from('x')]), 256)).toBe('is truncated');
  });

  it('is none when it is cut off anywhere', () => {
    for (let length = 0; length < whole.length; length += 7)
      expect(pngProblem(whole.subarray(0, length), 256)).toMatch(/is not a PNG|is truncated/);
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

/** A PNG of 256 px with these last five bytes of the header, these chunks and a valid end. */
function built(kind: readonly number[], ...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(256, 0);
  header.writeUInt32BE(256, 4);
  header.set(kind, 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, pngChunk('IHDR', header), ...chunks, pngChunk('IEND', Buffer.alloc(0))]);
}

const PALETTE = [8, 3, 0, 0, 0];
const colours = pngChunk('PLTE', Buffer.alloc(3));
const rows = (bytes: number) => deflateSync(Buffer.alloc(bytes));

describe('the content of a PNG', () => {
  it.each<[string, Buffer]>([
    ['a palette', built(PALETTE, colours, pngChunk('IDAT', rows(257 * 256)))],
    ['one bit per pixel', built([1, 0, 0, 0, 0], pngChunk('IDAT', rows(33 * 256)))],
    ['16 bits per sample', built([16, 6, 0, 0, 0], pngChunk('IDAT', rows(2049 * 256)))],
    ['interlaced rows', built([8, 0, 0, 0, 1], pngChunk('IDAT', rows(256 * 256 + 480)))],
    [
      'several chunks of image data, and chunks that are not known',
      built(
        PALETTE,
        colours,
        pngChunk('teXt', Buffer.from('x')),
        pngChunk('IDAT', rows(257 * 256).subarray(0, 20)),
        pngChunk('IDAT', rows(257 * 256).subarray(20)),
      ),
    ],
  ])('may have %s', (_name, body) => {
    expect(pngProblem(body, 256)).toBeUndefined();
  });

  it.each<[string, Buffer, string]>([
    ['no image data', built(PALETTE, colours), 'has incomplete image data'],
    [
      'too little image data',
      built(PALETTE, colours, pngChunk('IDAT', Buffer.alloc(60))),
      'has incomplete image data',
    ],
    ['no palette', built(PALETTE, pngChunk('IDAT', rows(257 * 256))), 'has no palette'],
    ['a bit depth of 7', built([7, 0, 0, 0, 0], pngChunk('IDAT', rows(1))), 'has a header that no PNG has'],
    [
      'a palette of 16 bits',
      built([16, 3, 0, 0, 0], colours, pngChunk('IDAT', rows(1))),
      'has a header that no PNG has',
    ],
    ['the colour type 5', built([8, 5, 0, 0, 0], pngChunk('IDAT', rows(1))), 'has a header that no PNG has'],
    ['an unknown compression', built([8, 3, 1, 0, 0], colours), 'has a header that no PNG has'],
    ['a chunk beyond its end', built(PALETTE, Buffer.from('ffffffff49444154', 'hex')), 'has a corrupt chunk'],
  ])('is refused with %s', (_name, body, problem) => {
    expect(pngProblem(body, 256)).toBe(problem);
  });

  it('is refused with any changed bit', () => {
    const body = built(PALETTE, colours, pngChunk('IDAT', rows(257 * 256)));
    for (let at = 16; at < body.length; at++) {
      const changed = Buffer.from(body);
      changed[at]! ^= 1 << (at % 8);
      expect([at, pngProblem(changed, 256)]).not.toEqual([at, undefined]);
    }
  });
});

describe('properties', () => {
  /** Signature and IHDR with its checksum: what comes before the picture. */
  const HEADER_LENGTH = 33;
  const END_LENGTH = 12;

  interface Picture {
    readonly width: number;
    readonly height: number;
    readonly body: Buffer;
  }

  const edge = fc.integer({ min: 1, max: 24 });
  const pixels = fc.record({
    colorType: fc.constantFrom<0 | 2 | 4 | 6>(0, 2, 4, 6),
    bitDepth: fc.constantFrom<8 | 16>(8, 16),
    bytes: fc.uint8Array({ minLength: 4, maxLength: 64 }),
  });
  function draw(
    width: number,
    height: number,
    { colorType, bitDepth, bytes }: typeof pixels extends fc.Arbitrary<infer T> ? T : never,
  ): Picture {
    const png = new PNG({ width, height });
    for (let i = 0; i < png.data.length; i++) png.data[i] = bytes[i % bytes.length]!;
    return { width, height, body: PNG.sync.write(png, { colorType, bitDepth, inputHasAlpha: true }) };
  }
  const square = fc.tuple(edge, pixels).map(([size, drawn]) => draw(size, size, drawn));
  const other = fc.tuple(edge, edge, pixels).map(([width, height, drawn]) => draw(width, height, drawn));

  describe('a whole PNG', () => {
    it('of the size asked for is accepted, whatever its picture and its kind', () => {
      holds(
        fc.property(square, ({ width, body }) => {
          expect(pngProblem(body, width)).toBeUndefined();
        }),
        150,
      );
    });

    it('of any other size is refused', () => {
      holds(
        fc.property(other, edge, ({ width, height, body }, size) => {
          expect(pngProblem(body, size) === undefined).toBe(width === size && height === size);
        }),
        150,
      );
    });
  });

  describe('a PNG is refused', () => {
    it('when it is cut off at any place, at its end or at its beginning', () => {
      holds(
        fc.property(square, fc.nat(), fc.boolean(), ({ width, body }, place, end) => {
          const at = place % body.length;
          expect(pngProblem(end ? body.subarray(0, at) : body.subarray(at + 1), width)).toBeDefined();
        }),
        400,
      );
    });

    it('when a byte of its header or of its end is another, and when bytes follow its end', () => {
      const change = fc.record({
        place: fc.nat(HEADER_LENGTH + END_LENGTH - 1),
        mask: fc.integer({ min: 1, max: 255 }),
        more: fc.uint8Array({ minLength: 1, maxLength: 20 }),
      });
      holds(
        fc.property(square, change, ({ width, body }, { place, mask, more }) => {
          const changed = Buffer.from(body);
          changed[place < HEADER_LENGTH ? place : body.length - 1 - (place - HEADER_LENGTH)]! ^= mask;
          expect(pngProblem(changed, width)).toBeDefined();
          // Only a second end would end it again.
          expect(pngProblem(Buffer.concat([body, more]), width)).toBe('is truncated');
        }),
        600,
      );
    });

    it('when it is any other bytes', () => {
      holds(
        fc.property(fc.uint8Array({ maxLength: 200 }), edge, (bytes, size) => {
          expect(pngProblem(Buffer.from(bytes), size)).toBe('is not a PNG');
        }),
      );
    });
  });
});
