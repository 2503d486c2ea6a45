// The heat of a tile as a function of its position and the sport. Pure.
import { drawRegions } from './network/regions.js';
import { drawRoads } from './network/roads.js';
import { drawStreets } from './network/streets.js';
import { HeatCanvas } from './picture/heat-canvas.js';
import { HeatProbe } from './picture/heat-probe.js';
import type { Pen } from './picture/pen.js';
import { strengthOf } from './sport-profile.js';
import { SPORTS_WITHOUT_DATA } from './sports.js';
import { isNearLand } from './terrain/land.js';

/** From this zoom level, tiles without roads have no heat; at lower levels, only tiles at sea have none. */
const EMPTY_WITHOUT_ROADS_FROM = 10;

/** False for a tile that the hosts answer with 404; then no child tile has heat either. */
export function hasHeat(sport: string, z: number, x: number, y: number): boolean {
  if (SPORTS_WITHOUT_DATA.has(sport) || !isNearLand(z, x, y)) return false;
  if (z < EMPTY_WITHOUT_ROADS_FROM) return true;
  const probe = new HeatProbe(z, x, y);
  draw(probe, sport);
  return probe.done;
}

/**
 * The image of a tile with `size` pixels a side: 0 without heat, up to 255. The level of detail depends on the pixel size:
 * 512 px show the four child tiles, 1024 px the sixteen tiles of the level after that.
 */
export function heatIndices(sport: string, z: number, x: number, y: number, size: number): Uint8Array {
  const tiles = 2 ** z;
  const scale = size * tiles;
  const canvas = new HeatCanvas({ west: x / tiles, north: y / tiles, scale, size });
  if (!SPORTS_WITHOUT_DATA.has(sport)) draw(canvas, sport);
  const zoom = Math.log2(scale / 256);
  return canvas.develop(softnessAt(zoom), exposureAt(zoom));
}

function draw(pen: Pen, sport: string): void {
  const strength = strengthOf(sport);
  drawRegions(pen, strength);
  drawRoads(pen, strength);
  if (!pen.done) drawStreets(pen, strength);
}

/** At high zoom levels a way consists of many tracks, so it is wider. */
function softnessAt(zoom: number): number {
  return zoom < 12 ? 1 : zoom < 14 ? 2 : zoom < 16 ? 3 : 4;
}

/** At low zoom levels many ways share a pixel; the exposure compensates for that. */
function exposureAt(zoom: number): number {
  return 1.2 * 1.18 ** Math.max(0, zoom - 7);
}
