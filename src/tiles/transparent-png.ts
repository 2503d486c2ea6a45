/** Fully transparent tiles. Pure. */
import { deflateSync } from 'node:zlib';
import type { TileSize } from '../catalog/index.js';
import { pngChunk } from '../common/png/png-chunk.js';

/** One bit per pixel and one transparent palette entry: about 100 bytes, 1 kB for 1024 px. */
export function transparentPng(size: TileSize): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([1, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((size / 8 + 1) * size);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('PLTE', Buffer.alloc(3)),
    pngChunk('tRNS', Buffer.alloc(1)),
    pngChunk('IDAT', deflateSync(rows, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
