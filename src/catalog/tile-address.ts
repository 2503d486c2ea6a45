/** The address of an existing tile. Only the catalog creates it, after all checks, so the other modules trust it. Pure. */
import type { TileSize } from './tile-matrix-set.js';

export interface TileAddress {
  /** Identifier of the layer, `{sport}-{color}`. */
  readonly layer: string;
  readonly sport: string;
  readonly color: string;
  readonly z: number;
  /** Column, counted from the west. */
  readonly x: number;
  /** Row, counted from the north. */
  readonly y: number;
  readonly size: TileSize;
  /** Canonical string of this tile, the key of every cache and of request coalescing. */
  readonly key: string;
}

export function tileAddress(
  layer: string,
  sport: string,
  color: string,
  z: number,
  x: number,
  y: number,
  size: TileSize,
): TileAddress {
  return { layer, sport, color, z, x, y, size, key: `${layer}/${size}/${z}/${x}/${y}` };
}

/** The same tile with its row counted from the opposite side; TMS counts rows from the south. */
export function flipRow({ layer, sport, color, z, x, y, size }: TileAddress): TileAddress {
  return tileAddress(layer, sport, color, z, x, 2 ** z - 1 - y, size);
}
