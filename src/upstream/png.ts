/** Checks that a body is a complete PNG of the expected size (PNG specification, 5.2, 11.2.1 and 11.2.5). Pure. */
import { crc32 } from 'node:zlib';

const HEADER = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const END = Buffer.from('0000000049454e44ae426082', 'hex');
/** Signature, IHDR with its checksum, and IEND. */
const MIN_BYTES = 33 + END.length;

/** Why `body` is not a complete PNG of `size` x `size` pixels; undefined when it is. */
export function pngProblem(body: Buffer, size: number): string | undefined {
  if (body.length < MIN_BYTES || body.compare(HEADER, 0, HEADER.length, 0, HEADER.length) !== 0)
    return 'is not a PNG';
  const width = body.readUInt32BE(16);
  const height = body.readUInt32BE(20);
  if (width !== size || height !== size) return `has ${width} x ${height} pixels instead of ${size}`;
  if (crc32(body.subarray(12, 29)) !== body.readUInt32BE(29)) return 'has a corrupt header';
  if (body.compare(END, 0, END.length, body.length - END.length) !== 0) return 'is truncated';
  return undefined;
}
