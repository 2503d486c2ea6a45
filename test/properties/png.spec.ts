import { PNG } from 'pngjs';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { pngProblem } from '../../src/upstream/png.js';
import { holds } from './holds.js';

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
        expect(pngProblem(Buffer.concat([body, more]), width)).toBe('is cut off');
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
