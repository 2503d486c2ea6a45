// Streets of towns, and their heat at low zoom levels.
import { chance, hash } from '../hash.js';
import { ceil, floor, log2, min } from '../math.js';
import { reaches, type Pen } from '../picture/pen.js';
import type { Strength } from '../sport-profile.js';
import { LANE_LEVEL, TOWN_LEVEL, placeIn, type Place } from '../terrain/settlements.js';
import { BLOCKS, StreetGrid } from './street-grid.js';

/** Radius of a town in blocks, by the rank of its place. */
const RADII: Record<number, number> = { 4: 120, 6: 90, 8: 60, 10: 32, 12: 12 };

/** Every line of the grid is a street, every fourth a main street, every sixteenth an avenue. */
const KINDS = [
  { every: 16, weight: 0.6 },
  { every: 4, weight: 0.36 },
  { every: 1, weight: 0.2 },
];

/** Distance in pixels from which the lines of a kind are drawn; at full strength from `FULL`. */
const FAINT = 3;
const FULL = 10;

/** Draws the streets within the reach of the pen and, while not all are visible, a patch for each town. */
export function drawStreets(pen: Pen, strength: Strength): void {
  const pixels = pen.scale / BLOCKS;
  if (pixels * RADII[TOWN_LEVEL]! < 0.5) return;
  const level = pixels * RADII[LANE_LEVEL]! < 1 ? TOWN_LEVEL : LANE_LEVEL;
  const cells = 2 ** level;
  const around = 1 + ceil((RADII[4]! * 1.2 * cells) / BLOCKS);
  for (let row = floor(pen.north * cells) - around; row <= pen.south * cells + around; row++) {
    for (let column = floor(pen.west * cells) - around; column <= pen.east * cells + around; column++) {
      const place = placeIn(level, column, row);
      if (place !== null && isTown(place)) drawTown(pen, place, pixels, strength);
      if (pen.done) return;
    }
  }
}

function isTown({ rank, seed, activity }: Place): boolean {
  return rank <= TOWN_LEVEL || (rank === LANE_LEVEL && chance(seed, 11) < 0.5 * activity);
}

function drawTown(pen: Pen, place: Place, pixels: number, strength: Strength): void {
  const radius = RADII[place.rank]! * (0.6 + 0.6 * chance(place.seed, 12)) * (0.4 + 0.6 * place.activity);
  const reach = (radius * 1.1 + 2) / BLOCKS;
  if (!reaches(pen, place.x - reach, place.y - reach, place.x + reach, place.y + reach)) return;
  // A sport without streets has no patch either: heat at a low zoom level also exists at higher ones.
  const share = strength('street', place.seed);
  if (share === 0) return;
  const grid = new StreetGrid(place, radius);
  for (const { every, weight } of KINDS) {
    const visibility = min(1, log2((pixels * every) / FAINT) / log2(FULL / FAINT));
    if (visibility <= 0) break;
    const shown = weight * visibility * (0.4 + 0.6 * place.activity);
    for (const upright of [false, true]) drawLines(pen, grid, every, upright, shown, strength);
  }
  if (pixels >= FULL) return;
  pen.patch(place.x, place.y, reach, 0.11 * (1 - pixels / FULL) * place.activity * share);
}

/** Draws the lines of one direction that are of this kind and not of a wider one. */
function drawLines(
  pen: Pen,
  grid: StreetGrid,
  every: number,
  upright: boolean,
  weight: number,
  strength: Strength,
): void {
  const { from, to } = grid.reachOf(pen);
  const [firstLine, lastLine] = upright ? [from[0], to[0]] : [from[1], to[1]];
  const [firstBlock, lastBlock] = upright ? [from[1], to[1]] : [from[0], to[0]];
  const start = ceil(firstLine / every) * every;
  for (let line = start; line <= lastLine; line += every) {
    if (every < 16 && line % (every * 4) === 0) continue;
    for (let block = firstBlock; block < lastBlock; block++) {
      const [across, along] = upright ? [line, block] : [block, line];
      const stretch = hash(grid.seed, line, block >> 3, upright ? 1 : 0);
      const heat = weight * grid.density(across, along, stretch, every) * strength('street', stretch);
      if (heat === 0) continue;
      grid.point(across, along, A);
      grid.point(upright ? across : across + 1, upright ? along + 1 : along, B);
      pen.line(A.x, A.y, B.x, B.y, heat);
    }
    if (pen.done) return;
  }
}

/** Reused for every block, to save allocations. */
const A = { x: 0, y: 0 };
const B = { x: 0, y: 0 };
