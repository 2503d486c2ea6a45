// Encoder for 8-bit palette PNGs with transparency, based on node:zlib. Pure.
import { crc32, deflateSync } from 'node:zlib';
import type { Palette } from './palettes.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOR_TYPE_PALETTE = 3;

/** Encodes a square image whose pixels are indices into `palette`, row by row from the top. */
export function encodePalettePng(size: number, indices: Uint8Array, palette: Palette): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, COLOR_TYPE_PALETTE, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette.rgb),
    chunk('tRNS', palette.alpha),
    chunk('IDAT', deflateSync(scanlines(size, indices), { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Each row preceded by its filter type 0 (none), which compresses indices best. */
function scanlines(size: number, indices: Uint8Array): Buffer {
  const lines = Buffer.alloc(size * (size + 1));
  for (let row = 0; row < size; row++) {
    lines.set(indices.subarray(row * size, (row + 1) * size), row * (size + 1) + 1);
  }
  return lines;
}

/** A chunk with its length and checksum. */
export function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, data.length + 8)), data.length + 8);
  return whole;
}
