// Places where roads meet: each place of a level is also a place of all higher zoom levels, so that the highways of one
// level lead to the same towns as the lanes of the next. Pure, except for its cache.
import { chance, hash } from '../hash.js';
import { activityAt } from './activity.js';
import { CellCache, type Cell } from './cell-cache.js';
import { isLand } from './land.js';

/** Zoom levels whose tiles contain at most one place each; a tile of one level contains 16 tiles of the next. */
export const PLACE_LEVELS = [4, 6, 8, 10, 12, 14] as const;
export const TOWN_LEVEL = 10;
export const LANE_LEVEL = 12;
export const TRAIL_LEVEL = 14;

export interface Place {
  /** From 0 to 1 over the Web Mercator square. */
  x: number;
  y: number;
  /** From 0 to 1. */
  activity: number;
  /** The lowest zoom level that has this place. */
  rank: number;
  /** Seed for random properties of the place; the same at all levels. */
  seed: number;
}

const SALT = 307;
const places = new CellCache<Place>();
const heirs = new CellCache<Cell>();

/** The place in a tile of one of `PLACE_LEVELS`; null at sea, in wilderness and away from trails. */
export function placeIn(level: number, column: number, row: number): Place | null {
  const width = 2 ** level;
  if (row < 0 || row >= width || column < 0 || column >= width) return null;
  return places.get(level, column, row, find);
}

function find(cell: Cell): Place | null {
  if (!exists(cell)) return null;
  let last: Cell | null = cell;
  while (last !== null && last.level < TRAIL_LEVEL) last = heirOf(last);
  if (last === null) return null;
  const seed = hash(SALT, last.column, last.row);
  const width = 2 ** TRAIL_LEVEL;
  const x = (last.column + 0.15 + 0.7 * chance(seed, 1)) / width;
  const y = (last.row + 0.15 + 0.7 * chance(seed, 2)) / width;
  return { x, y, activity: activityAt(x, y), rank: rankOf(cell), seed };
}

function exists(cell: Cell): boolean {
  const { level } = cell;
  if (level < TOWN_LEVEL) return true;
  if (level === TOWN_LEVEL) return isSettled(cell);
  const parent = parentOf(cell);
  const above = placeIn(parent.level, parent.column, parent.row);
  if (above === null) return false;
  if (isHeir(cell, parent)) return true;
  const share = level === LANE_LEVEL ? 0.3 + 0.6 * above.activity : trailShare(above);
  return dice(cell) < share && isLand(...middleOf(cell));
}

/** Few areas have many trails, most have few. */
function trailShare({ seed, activity }: Place): number {
  return chance(seed, 3) < 0.2 + 0.6 * activity ? 0.9 : 0.4;
}

/** About one in twelve tiles of the town level is wilderness; more where activity is low. */
function isSettled(cell: Cell): boolean {
  const [x, y] = middleOf(cell);
  return isLand(x, y) && dice(cell) > 0.06 + 0.6 * (1 - activityAt(x, y)) ** 2;
}

/** The child that contains the place of a cell; null when no child can have one. */
function heirOf(cell: Cell): Cell | null {
  return heirs.get(cell.level, cell.column, cell.row, bestChild);
}

function bestChild(cell: Cell): Cell | null {
  let [best, bestScore]: [Cell | null, number] = [null, 0];
  for (let child = 0; child < 16; child++) {
    const [column, row] = [cell.column * 4 + (child & 3), cell.row * 4 + (child >> 2)];
    const candidate = { level: cell.level + 2, column, row };
    const score = chance(SALT, candidate.level, column, row) * fitness(candidate);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}

function fitness(cell: Cell): number {
  if (cell.level > TOWN_LEVEL) return 1;
  if (cell.level === TOWN_LEVEL) return isSettled(cell) ? 1 : 0;
  const [x, y] = middleOf(cell);
  return isLand(x, y) ? activityAt(x, y) : 0;
}

function rankOf(cell: Cell): number {
  let top = cell;
  while (top.level > PLACE_LEVELS[0]) {
    const parent = parentOf(top);
    if (!isHeir(top, parent)) break;
    top = parent;
  }
  return top.level;
}

function isHeir(cell: Cell, parent: Cell): boolean {
  const heir = heirOf(parent);
  return heir !== null && heir.column === cell.column && heir.row === cell.row;
}

function parentOf({ level, column, row }: Cell): Cell {
  return { level: level - 2, column: column >> 2, row: row >> 2 };
}

function middleOf({ level, column, row }: Cell): [x: number, y: number] {
  return [(column + 0.5) / 2 ** level, (row + 0.5) / 2 ** level];
}

function dice({ level, column, row }: Cell): number {
  return chance(SALT + 1, level, column, row);
}
