import { brotliDecompressSync } from 'node:zlib';
import { chance } from '../hash.js';
import { floor, max, min } from '../math.js';
import { LAND_MASK } from './land-mask.js';

const LEVEL = 9;
const ROW = 2 ** LEVEL;
const SALT = 101;

const bits = brotliDecompressSync(Buffer.from(LAND_MASK, 'base64'));

/** For each zoom level up to 9, whether a tile or one of its eight neighbours contains land. */
const nearLand: Uint8Array[] = [];

{
  let land: Uint8Array = Uint8Array.from({ length: ROW * ROW }, (_, cell) =>
    bitOf(cell % ROW, floor(cell / ROW)),
  );
  for (let level = LEVEL; level >= 0; level--) {
    nearLand[level] = withNeighbours(land, 2 ** level);
    land = halved(land, 2 ** level);
  }
}

/** True on land. `x` and `y` run from 0 to 1 over the Web Mercator square; coasts are irregular. */
export function isLand(x: number, y: number): boolean {
  const across = x * ROW - 0.5;
  const down = y * ROW - 0.5;
  const column = floor(across);
  const row = floor(down);
  const right = across - column;
  const below = down - row;
  const north = bitOf(column, row) * (1 - right) + bitOf(column + 1, row) * right;
  const south = bitOf(column, row + 1) * (1 - right) + bitOf(column + 1, row + 1) * right;
  const fray = 0.3 * (chance(SALT, floor(x * 4096), floor(y * 4096)) - 0.5);
  return north * (1 - below) + south * below + fray > 0.5;
}

/** False only for tiles far out at sea, whose child tiles are all at sea too. */
export function isNearLand(z: number, x: number, y: number): boolean {
  const level = min(z, LEVEL);
  const [column, row] = [floor(x / 2 ** (z - level)), floor(y / 2 ** (z - level))];
  return nearLand[level]?.[row * 2 ** level + column] === 1;
}

function bitOf(column: number, row: number): number {
  const cell = min(max(row, 0), ROW - 1) * ROW + ((column + ROW) % ROW);
  return ((bits[cell >> 3] ?? 0) >> (7 - (cell & 7))) & 1;
}

function withNeighbours(cells: Uint8Array, row: number): Uint8Array {
  return cells.map((_, cell) => {
    const [x, y] = [cell % row, floor(cell / row)];
    for (let down = max(0, y - 1); down <= min(row - 1, y + 1); down++) {
      for (let across = max(0, x - 1); across <= min(row - 1, x + 1); across++) {
        if (cells[down * row + across] === 1) return 1;
      }
    }
    return 0;
  });
}

function halved(cells: Uint8Array, row: number): Uint8Array {
  const half = new Uint8Array((row / 2) ** 2);
  cells.forEach((value, cell) => {
    if (value === 1) half[(floor(cell / row) >> 1) * (row / 2) + ((cell % row) >> 1)] = 1;
  });
  return half;
}
