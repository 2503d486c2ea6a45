/** Pictures as red, green, blue and alpha, and where two of them differ. Pure. */
import { PNG } from 'pngjs';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, row by row from the top. */
  readonly data: Buffer;
}

export function decode(png: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(png);
  return { width, height, data };
}

export function transparent(width: number, height = width): Picture {
  return { width, height, data: Buffer.alloc(width * height * 4) };
}

/** One picture of square ones, `columns` in a row, from the north-west on; undefined is a transparent one. */
export function mosaic(pictures: readonly (Picture | undefined)[], columns: number, size: number): Picture {
  const whole = transparent(columns * size, (pictures.length / columns) * size);
  pictures.forEach((picture, index) => {
    if (!picture) return;
    const left = (index % columns) * size;
    const top = Math.floor(index / columns) * size;
    for (let row = 0; row < size; row++)
      picture.data.copy(
        whole.data,
        ((top + row) * whole.width + left) * 4,
        row * size * 4,
        (row + 1) * size * 4,
      );
  });
  return whole;
}

/** A sentence on the first pixel that differs by more than `tolerance` in a channel; undefined when none does. */
export function difference(found: Picture, expected: Picture, tolerance = 0): string | undefined {
  if (found.width !== expected.width || found.height !== expected.height)
    return `${found.width} x ${found.height} pixels instead of ${expected.width} x ${expected.height}`;
  const differs = (byte: number, index: number) => Math.abs(byte - expected.data[index]!) > tolerance;
  const first = found.data.findIndex(differs);
  if (first < 0) return undefined;
  const at = first & ~3;
  const pixel = ({ data }: Picture) => `rgba(${[...data.subarray(at, at + 4)].join(', ')})`;
  return `pixel ${(at / 4) % found.width},${Math.floor(at / 4 / found.width)} is ${pixel(found)} instead of ${pixel(expected)}`;
}

/** Colours as a canvas keeps them, times alpha: the pixels that come out of one agree with those that went in so far. */
export function premultiplied({ width, height, data }: Picture): Picture {
  const product = Buffer.from(data);
  for (let i = 0; i < data.length; i++)
    if (i % 4 !== 3) product[i] = Math.round((data[i]! * data[i | 3]!) / 255);
  return { width, height, data: product };
}

export function isTransparent({ data }: Picture): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return false;
  return true;
}
