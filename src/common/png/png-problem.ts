/**
 * Checks that a body is a complete PNG (PNG specification, 5 and 11.2), without unpacking its image data
 * (docs/adr/0016-tiles-are-not-unpacked.md). Pure.
 */
import { crc32 } from 'node:zlib';

const HEADER = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const END = Buffer.from('0000000049454e44ae426082', 'hex');
const SIGNATURE_BYTES = 8;
/** Signature, IHDR with its checksum, and IEND. */
const MIN_BYTES = 33 + END.length;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;
const PALETTE_COLOUR = 3;

/** Bit depths and samples of a pixel by colour type (11.2.1). */
const COLOUR_TYPES: Readonly<
  Record<number, { readonly depths: readonly number[]; readonly samples: number }>
> = {
  0: { depths: [1, 2, 4, 8, 16], samples: 1 },
  2: { depths: [8, 16], samples: 3 },
  [PALETTE_COLOUR]: { depths: [1, 2, 4, 8], samples: 1 },
  4: { depths: [8, 16], samples: 2 },
  6: { depths: [8, 16], samples: 4 },
};

/** Largest ratio of image data to its packed form (RFC 1951: 258 bytes for 2 bits). */
const MAX_RATIO = 1032;

/** Why `body` is not a complete PNG, of `size` x `size` pixels where that is given; undefined when it is. */
export function pngProblem(body: Buffer, size?: number): string | undefined {
  if (body.length < MIN_BYTES || body.compare(HEADER, 0, HEADER.length, 0, HEADER.length) !== 0)
    return 'is not a PNG';
  const width = body.readUInt32BE(16);
  const height = body.readUInt32BE(20);
  if (size !== undefined && (width !== size || height !== size))
    return `has ${width} x ${height} pixels instead of ${size}`;
  if (crc32(body.subarray(12, 29)) !== body.readUInt32BE(29)) return 'has a corrupt header';
  const [depth, colour, compression, filter, interlace] = body.subarray(24, 29);
  const kind = COLOUR_TYPES[colour!];
  if (!kind?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1)
    return 'has a header that no PNG has';
  if (body.compare(END, 0, END.length, body.length - END.length) !== 0) return 'is truncated';
  let packed = 0;
  let hasPalette = false;
  for (const { type, length, intact } of chunksOf(body)) {
    if (!intact) return 'has a corrupt chunk';
    if (type === 'IDAT') packed += length;
    hasPalette ||= type === 'PLTE';
  }
  if (packed * MAX_RATIO < (width * height * depth! * kind.samples) / 8) return 'has incomplete image data';
  return colour === PALETTE_COLOUR && !hasPalette ? 'has no palette' : undefined;
}

interface Chunk {
  readonly type: string;
  /** Bytes of its data. */
  readonly length: number;
  /** Whether it is complete and has the right checksum. */
  readonly intact: boolean;
}

/** The chunks up to the first one that is not intact. */
function* chunksOf(body: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE_BYTES, intact = true; intact && at < body.length;) {
    const length = at + FRAME_BYTES <= body.length ? body.readUInt32BE(at) : body.length;
    const end = at + FRAME_BYTES + length;
    intact = end <= body.length && crc32(body.subarray(at + 4, end - 4)) === body.readUInt32BE(end - 4);
    yield { type: body.toString('latin1', at + 4, at + 8), length, intact };
    at = end;
  }
}
