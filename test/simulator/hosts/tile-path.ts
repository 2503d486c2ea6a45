// The tile address in the path of a request. Pure.
import type { TileAddress } from '../../heat-painting/tile-address.js';
import type { HostRequest } from '../server/host.js';

const TILE_PATH = /^\/([\w,%]+)\/(\w+)\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})(@2x)?\.png$/;

/** Reads the path after `prefix`; undefined when it is not the path of a tile. */
export function readTileAddress(request: HostRequest, prefix: string): TileAddress | undefined {
  const { pathname, searchParams } = request.url;
  if (!pathname.startsWith(prefix)) return undefined;
  const parts = TILE_PATH.exec(pathname.slice(prefix.length));
  if (parts === null) return undefined;
  const [, sport = '', color = '', z, x, y, double] = parts;
  const size = double !== undefined ? 1024 : searchParams.get('px') === '256' ? 256 : 512;
  return { sport, color, z: Number(z), x: Number(x), y: Number(y), size };
}
