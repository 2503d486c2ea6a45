/** A tile that may be asked for: everything in it has been checked, so nobody checks it again. Pure. */
import type { TileSize } from './tile-matrix-set.js';

export interface TileAddress {
  /** Identifier of the layer, `{sport}-{color}`. */
  readonly layer: string;
  readonly sport: string;
  readonly color: string;
  readonly z: number;
  /** Column, from the west. */
  readonly x: number;
  /** Row, from the north. */
  readonly y: number;
  readonly size: TileSize;
  /** One canonical string for this tile: the key of every cache and flight. */
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
