import { hasHeat } from '../heat-painting/heat-tile.js';
import { placeIn } from '../heat-painting/terrain/settlements.js';

export interface TilePosition {
  z: number;
  x: number;
  y: number;
}

/** A tile with heat in a large town in Central Europe, or the nearest one; always the same. */
export function tileWithHeat(z: number, sport = 'all'): TilePosition {
  return find(z, (x, y) => hasHeat(sport, z, x, y));
}

/** A tile that the hosts answer with 404; for popular sports there are such tiles from zoom 3. */
export function tileWithoutHeat(z: number, sport = 'all'): TilePosition {
  return find(z, (x, y) => !hasHeat(sport, z, x, y));
}

/** Start of the search: the largest town of the tile 6/33/22. */
const TOWN = placeIn(6, 33, 22);

const MAX_RINGS = 400;

/** The first matching tile, ring by ring from the start. */
function find(z: number, matches: (x: number, y: number) => boolean): TilePosition {
  const count = 2 ** z;
  const middleX = Math.floor((TOWN?.x ?? 0.5) * count);
  const middleY = Math.floor((TOWN?.y ?? 0.5) * count);
  for (let ring = 0; ring < Math.min(count, MAX_RINGS); ring++) {
    for (let y = Math.max(0, middleY - ring); y <= Math.min(count - 1, middleY + ring); y++) {
      const step = Math.abs(y - middleY) === ring ? 1 : 2 * ring;
      for (let x = middleX - ring; x <= middleX + ring; x += step) {
        if (x >= 0 && x < count && matches(x, y)) return { z, x, y };
      }
    }
  }
  throw new Error(`no such tile found at zoom ${z}`);
}
