import { hasHeat } from '../heat-painting/heat-tile.js';
import { placeIn } from '../heat-painting/terrain/settlements.js';

export interface TilePosition {
  z: number;
  x: number;
  y: number;
}

/** A tile that has heat, in a big town in the middle of Europe or as near to it as can be; always the same one. */
export function tileWithHeat(z: number, sport = 'all'): TilePosition {
  return find(z, (x, y) => hasHeat(sport, z, x, y));
}

/** A tile on the map that is answered with 404; for the busier sports there are such tiles from zoom level 3 on. */
export function tileWithoutHeat(z: number, sport = 'all'): TilePosition {
  return find(z, (x, y) => !hasHeat(sport, z, x, y));
}

/** Where the search begins: the greatest town of the tile 6/33/22. */
const TOWN = placeIn(6, 33, 22);

const FARTHEST = 400;

/** The first fitting tile on the way outwards, ring by ring. */
function find(z: number, fits: (x: number, y: number) => boolean): TilePosition {
  const count = 2 ** z;
  const middleX = Math.floor((TOWN?.x ?? 0.5) * count);
  const middleY = Math.floor((TOWN?.y ?? 0.5) * count);
  for (let ring = 0; ring < Math.min(count, FARTHEST); ring++) {
    for (let y = Math.max(0, middleY - ring); y <= Math.min(count - 1, middleY + ring); y++) {
      const step = Math.abs(y - middleY) === ring ? 1 : 2 * ring;
      for (let x = middleX - ring; x <= middleX + ring; x += step) {
        if (x >= 0 && x < count && fits(x, y)) return { z, x, y };
      }
    }
  }
  throw new Error(`No such tile was found at zoom level ${z}.`);
}
