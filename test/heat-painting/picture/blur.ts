// Blur filters for square images of `width` pixels; the outermost pixels of the result are undefined. Pure.

/** Binomial blur with the kernel 1 2 1 in both directions; `from` and `to` may be the same. */
export function soften(from: Float32Array, to: Float32Array, spare: Float32Array, width: number): void {
  const last = from.length - 1;
  for (let at = 1; at < last; at++) spare[at] = (from[at - 1]! + 2 * from[at]! + from[at + 1]!) / 4;
  for (let at = width; at < from.length - width; at++) {
    to[at] = (spare[at - width]! + 2 * spare[at]! + spare[at + width]!) / 4;
  }
}

/** Box blur over `2 * radius + 1` pixels in both directions; `from` and `to` may be the same. */
export function spread(
  from: Float32Array,
  to: Float32Array,
  spare: Float32Array,
  width: number,
  radius: number,
): void {
  const side = 2 * radius + 1;
  for (let start = 0; start < from.length; start += width) {
    let sum = 0;
    for (let column = 0; column < side; column++) sum += from[start + column]!;
    for (let at = start + radius; at < start + width - radius - 1; at++) {
      spare[at] = sum;
      sum += from[at + radius + 1]! - from[at - radius]!;
    }
  }
  const sums = new Float32Array(width);
  const ahead = side * width;
  const area = side * side;
  for (let at = 0; at < ahead; at++) sums[at % width]! += spare[at]!;
  for (let row = radius; row < width - radius - 1; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) {
      to[start + column] = sums[column]! / area;
      sums[column]! +=
        spare[start + column + (radius + 1) * width]! - spare[start + column - radius * width]!;
    }
  }
}
