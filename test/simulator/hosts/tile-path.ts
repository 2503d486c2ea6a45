// The address in the path of a tile request. Pure.
import type { TileAddress } from '../../heat-painting/tile-address.js';
import type { Asked } from '../server/exchange.js';

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
