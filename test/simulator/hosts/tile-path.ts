// The tile address in the path of a request. Pure.
import type { TileAddress } from '../../heat-painting/tile-address.js';
import type { HostRequest } from '../server/host.js';

const TILE_PATH = /^\/([\w,%]+)\/(\w+)\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})(@2x)?\.png$/;

/** Reads the path after `prefix`; undefined when it is not the path of a tile. Without `px`, a tile has `defaultSize`. */
export function readTileAddress(
  request: HostRequest,
  prefix: string,
  defaultSize: 256 | 512,
): TileAddress | undefined {
  const { pathname, searchParams } = request.url;
  if (!pathname.startsWith(prefix)) return undefined;
  const parts = TILE_PATH.exec(pathname.slice(prefix.length));
  if (parts === null) return undefined;
  const [, sport = '', color = '', z, x, y, double] = parts;
  const px = searchParams.get('px');
  const single = px === '256' ? 256 : px === '512' ? 512 : defaultSize;
  const size = double === undefined ? single : 1024;
  return { sport, color, z: Number(z), x: Number(x), y: Number(y), size };
}
