// What a tile path asks for. Pure.
import type { Asked } from './exchange.js';

export type TileSize = 256 | 512 | 1024;

export interface TileAddress {
  /** As written in the path, known or not. */
  sport: string;
  color: string;
  z: number;
  x: number;
  y: number;
  size: TileSize;
}

const TILE_PATH = /^\/([\w,%]+)\/(\w+)\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})(@2x)?\.png$/;

/** Reads what follows `prefix` in the path; undefined when that is no tile at all. */
export function readTileAddress(asked: Asked, prefix: string): TileAddress | undefined {
  const { pathname, searchParams } = asked.url;
  if (!pathname.startsWith(prefix)) return undefined;
  const parts = TILE_PATH.exec(pathname.slice(prefix.length));
  if (parts === null) return undefined;
  const [, sport = '', color = '', z, x, y, double] = parts;
  const size = double !== undefined ? 1024 : searchParams.get('px') === '256' ? 256 : 512;
  return { sport, color, z: Number(z), x: Number(x), y: Number(y), size };
}

/** True when column and row exist at the zoom level. */
export function isOnTheMap({ z, x, y }: TileAddress): boolean {
  return x < 2 ** z && y < 2 ** z;
}

/** `sport/color/z/x/y/size`, the name under which a tile is counted. */
export function tileKey({ sport, color, z, x, y, size }: TileAddress): string {
  return `${sport}/${color}/${z}/${x}/${y}/${size}`;
}
