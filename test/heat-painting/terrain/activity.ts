// Density of activities at a place. Pure, except for its cache.
import { PI, atan, cos, exp, floor, sinh } from '../math.js';

/** Longitude, latitude, radius in degrees, and share of all activities there. */
const BUSY: ReadonlyArray<readonly [number, number, number, number]> = [
  [5, 49, 11, 1],
  [-3, 53, 6, 1],
  [-4, 40, 6, 0.85],
  [12, 44, 6, 0.95],
  [15, 58, 8, 0.75],
  [20, 50, 9, 0.8],
  [26, 62, 6, 0.55],
  [28, 45, 9, 0.5],
  [37, 56, 10, 0.4],
  [48, 52, 13, 0.3],
  [-77, 41, 8, 1],
  [-84, 37, 11, 0.8],
  [-90, 43, 8, 0.8],
  [-97, 34, 9, 0.6],
  [-106, 39, 6, 0.75],
  [-119, 36, 6, 1],
  [-122, 47, 5, 0.95],
  [-73, 46, 5, 0.8],
  [-100, 20, 6, 0.6],
  [-75, 5, 6, 0.6],
  [-46, -23, 8, 0.85],
  [-60, -34, 8, 0.5],
  [-71, -33, 4, 0.6],
  [138, 36, 6, 0.95],
  [127, 36, 4, 0.8],
  [117, 33, 12, 0.45],
  [121, 24, 3, 0.8],
  [101, 10, 10, 0.55],
  [110, -7, 7, 0.7],
  [122, 13, 5, 0.6],
  [78, 20, 12, 0.45],
  [148, -35, 6, 0.9],
  [153, -28, 4, 0.85],
  [116, -32, 3, 0.8],
  [173, -41, 5, 0.8],
  [27, -28, 6, 0.65],
  [19, -34, 3, 0.8],
  [36, 0, 5, 0.35],
  [35, 32, 4, 0.7],
  [30, 39, 7, 0.5],
  [54, 25, 4, 0.6],
  [-7, 32, 5, 0.45],
];

const DEGREES = 180 / PI;

/** Computed on demand at the corners of the tiles of zoom 8, and interpolated between them. */
const WIDTH = 2 ** 8;
const corners = new Float32Array((WIDTH + 2) ** 2).fill(-1);

/** From 0.12 in deserts to 1 in Central Europe; `x` and `y` from 0 to 1 in Web Mercator. */
export function activityAt(x: number, y: number): number {
  const column = floor(x * WIDTH);
  const row = floor(y * WIDTH);
  const right = x * WIDTH - column;
  const below = y * WIDTH - row;
  const north = cornerAt(column, row) * (1 - right) + cornerAt(column + 1, row) * right;
  const south = cornerAt(column, row + 1) * (1 - right) + cornerAt(column + 1, row + 1) * right;
  return north * (1 - below) + south * below;
}

function cornerAt(column: number, row: number): number {
  const at = row * (WIDTH + 2) + column;
  const known = corners[at]!;
  if (known >= 0) return known;
  return (corners[at] = compute(column / WIDTH, row / WIDTH));
}

function compute(x: number, y: number): number {
  const longitude = x * 360 - 180;
  const latitude = atan(sinh(PI * (1 - 2 * y))) * DEGREES;
  const narrowing = cos(latitude / DEGREES);
  let quiet = 1;
  for (const [east, north, reach, share] of BUSY) {
    const [across, along] = [(longitude - east) * narrowing, latitude - north];
    quiet *= 1 - share * exp(-(across * across + along * along) / (2 * reach * reach));
  }
  return 0.12 + 0.88 * (1 - quiet);
}
