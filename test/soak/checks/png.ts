import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Why `body` is not a complete PNG of `size` x `size` pixels with valid checksums; undefined when it is. Pure. */
export function pngProblem(body: Buffer, size: number): string | undefined {
  if (!body.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return 'is not a PNG';
  let at = SIGNATURE.length;
  for (;;) {
    if (at + 12 > body.length) return 'is truncated';
    const end = at + 12 + body.readUInt32BE(at);
    if (end > body.length) return 'is truncated';
    const type = body.toString('latin1', at + 4, at + 8);
    if (crc32(body.subarray(at + 4, end - 4)) !== body.readUInt32BE(end - 4))
      return `has a ${type} chunk with a wrong checksum`;
    if (type === 'IHDR' && (body.readUInt32BE(at + 8) !== size || body.readUInt32BE(at + 12) !== size))
      return `is not ${size} x ${size} pixels`;
    if (type === 'IEND') return end === body.length ? undefined : 'has bytes after its end';
    at = end;
  }
}
