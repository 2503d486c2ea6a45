/** Positions of tiles by the definition of Web Mercator, independent of the gateway's numbers. Pure. */

export interface Tile {
  readonly z: number;
  /** Column, from the west. */
  readonly x: number;
  /** Row, from the north. */
  readonly y: number;
}

/** Half the circumference of the sphere, in metres. */
const HALF = Math.PI * 6378137;

export interface Extent {
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

/** The bounds of `columns` x `rows` tiles with `tile` in the north-west. */
export function extentOf({ z, x, y }: Tile, columns = 1, rows = columns): Extent {
  const edge = (2 * HALF) / 2 ** z;
  return {
    west: x * edge - HALF,
    north: HALF - y * edge,
    east: (x + columns) * edge - HALF,
    south: HALF - (y + rows) * edge,
  };
}

export function centreOf(tile: Tile): [x: number, y: number] {
  const { west, north, east, south } = extentOf(tile);
  return [(west + east) / 2, (north + south) / 2];
}
