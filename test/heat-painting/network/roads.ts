// Winding lines between places of all levels.
import { chance, hash } from '../hash.js';
import { floor, log2, max, min, sqrt } from '../math.js';
import { reaches, type Pen } from '../picture/pen.js';
import type { Strength, Way } from '../sport-profile.js';
import { isNearLand } from '../terrain/land.js';
import { LANE_LEVEL, PLACE_LEVELS, TRAIL_LEVEL, placeIn, type Place } from '../terrain/settlements.js';

/** Width of a tile in pixels from which its level is drawn at full strength. */
const FULL = 48;

/** Segments up to this length in pixels are straight. */
const SHORTEST = 5;

interface Bend {
  /** Maximum deviation of the midpoint from the straight line, as a share of the length. */
  share: number;
  /** Factor applied to that share for each half. */
  decay: number;
}

interface Style {
  way: Way;
  weight: number;
  bend: Bend;
  /** Width of a tile in pixels from which its level is drawn. */
  faint: number;
}

const STYLES: Record<number, Style> = {
  4: { way: 'highway', weight: 1, faint: 3.5, bend: { share: 0.09, decay: 0.7 } },
  6: { way: 'highway', weight: 0.9, faint: 3.5, bend: { share: 0.11, decay: 0.68 } },
  8: { way: 'highway', weight: 0.7, faint: 3.5, bend: { share: 0.13, decay: 0.66 } },
  10: { way: 'road', weight: 0.5, faint: 3.5, bend: { share: 0.16, decay: 0.66 } },
  12: { way: 'lane', weight: 0.3, faint: 3.5, bend: { share: 0.2, decay: 0.66 } },
  14: { way: 'trail', weight: 0.16, faint: 6, bend: { share: 0.3, decay: 0.72 } },
};

/** Neighbours to the east, south, south-east and south-west, and the share of them that has a road. */
const NEIGHBOURS = [
  [1, 0, 0.85],
  [0, 1, 0.85],
  [1, 1, 0.25],
  [-1, 1, 0.25],
] as const;

/** Draws every road within the reach of the pen. */
export function drawRoads(pen: Pen, strength: Strength): void {
  for (const level of PLACE_LEVELS) {
    const width = pen.scale / 2 ** level;
    const { faint } = STYLES[level]!;
    const visibility = min(1, log2(width / faint) / log2(FULL / faint));
    if (visibility > 0) drawLevel(pen, level, visibility, strength);
  }
}

function drawLevel(pen: Pen, level: number, visibility: number, strength: Strength): void {
  const cells = 2 ** level;
  const lastRow = floor(pen.south * cells) + 2;
  const lastColumn = floor(pen.east * cells) + 3;
  for (let row = floor(pen.north * cells) - 3; row <= lastRow; row++) {
    for (let column = floor(pen.west * cells) - 3; column <= lastColumn; column++) {
      const from = placeIn(level, column, row);
      if (from === null) continue;
      for (const [right, down, built] of NEIGHBOURS) {
        const seed = hash(level, column, row, right + 3 * down);
        if (chance(seed, 1) > built) continue;
        const to = placeIn(level, column + right, row + down);
        if (to === null || crossesTheSea(from, to)) continue;
        drawRoad(pen, level, seed, from, to, visibility, strength);
        if (pen.done) return;
      }
    }
  }
}

/** True when a straight line between two places crosses open sea. */
function crossesTheSea(from: Place, to: Place): boolean {
  for (const part of SEVENTHS) {
    const x = from.x + (to.x - from.x) * part;
    const y = from.y + (to.y - from.y) * part;
    if (!isNearLand(9, floor(x * 512), floor(y * 512))) return true;
  }
  return false;
}

const SEVENTHS = [1, 2, 3, 4, 5, 6].map((part) => part / 7);

function drawRoad(
  pen: Pen,
  level: number,
  seed: number,
  from: Place,
  to: Place,
  visibility: number,
  strength: Strength,
): void {
  const style = STYLES[level]!;
  const isTrail = level >= LANE_LEVEL && chance(seed, 2) < (level === LANE_LEVEL ? 0.3 : 0.75);
  const { way, bend } = isTrail ? STYLES[TRAIL_LEVEL]! : level === TRAIL_LEVEL ? STYLES[LANE_LEVEL]! : style;
  const popularity = (0.25 + 1.1 * chance(seed, 3) ** 2) * (0.25 + 0.75 * min(from.activity, to.activity));
  const weight = style.weight * popularity * visibility * strength(way, seed);
  if (weight > 0) wind(pen, from.x, from.y, to.x, to.y, seed, bend.share, bend.decay, weight);
}

/**
 * Leads the line through a place near its midpoint, and then both halves in the same way, as long as there are places close
 * enough; shorter segments bend at random until they are a few pixels long.
 */
function wind(
  pen: Pen,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  seed: number,
  share: number,
  decay: number,
  weight: number,
): void {
  const alongX = toX - fromX;
  const alongY = toY - fromY;
  const length = sqrt(alongX * alongX + alongY * alongY);
  const level = detourLevel(length);
  const reach = length * (level === undefined ? share * 1.8 : MAX_DETOUR);
  const west = min(fromX, toX) - reach;
  const north = min(fromY, toY) - reach;
  const east = max(fromX, toX) + reach;
  const south = max(fromY, toY) + reach;
  if (!reaches(pen, west, north, east, south)) return;
  if (length * pen.scale <= SHORTEST) return pen.line(fromX, fromY, toX, toY, weight);
  const stop = level === undefined ? null : placeAt(level, (fromX + toX) / 2, (fromY + toY) / 2);
  const aside = share * (2 * chance(seed, 5) - 1);
  const middleX = stop?.x ?? (fromX + toX) / 2 - alongY * aside;
  const middleY = stop?.y ?? (fromY + toY) / 2 + alongX * aside;
  const rest = stop === null ? share * decay : share;
  wind(pen, fromX, fromY, middleX, middleY, hash(seed, 6), rest, decay, weight);
  wind(pen, middleX, middleY, toX, toY, hash(seed, 7), rest, decay, weight);
}

/** As a share of the length of the line; more than the distance of any place that `placeAt` gives. */
const MAX_DETOUR = 0.75;

/** The level whose places are close enough for a detour; undefined when the line is too short. */
function detourLevel(length: number): number | undefined {
  for (const { level, shortest } of DETOURS) if (length > shortest) return level;
  return undefined;
}

const DETOURS = PLACE_LEVELS.filter((level) => level <= LANE_LEVEL).map((level) => ({
  level,
  shortest: 4 / 2 ** level,
}));

function placeAt(level: number, x: number, y: number): Place | null {
  return placeIn(level, floor(x * 2 ** level), floor(y * 2 ** level));
}
