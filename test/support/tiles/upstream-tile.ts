/** Tiles requested from the upstream without the gateway. */
import { expect } from '@jest/globals';
import { cookieHeader, send } from '../../simulator/spec-client.js';
import type { Simulator } from '../../simulator/simulator.js';
import type { Tile } from './web-mercator.js';

/** The bytes of a tile of the layer `all-hot`; undefined without heat. */
export async function upstreamTile(
  simulator: Simulator,
  { z, x, y }: Tile,
  size: 256 | 512,
): Promise<Buffer | undefined> {
  const url = `${simulator.tilesUrl}/identified/globalheat/all/hot/${z}/${x}/${y}.png${size === 256 ? '?px=256' : ''}`;
  const { status, body } = await send(url, { headers: cookieHeader(simulator.issueCookies()) });
  if (status === 404) return undefined;
  expect(status).toBe(200);
  return body;
}

/** The bytes of a tile; throws when it has no heat. */
export async function upstreamTileWithHeat(
  simulator: Simulator,
  tile: Tile,
  size: 256 | 512,
): Promise<Buffer> {
  const bytes = await upstreamTile(simulator, tile, size);
  if (!bytes) throw new Error(`no heat in tile ${tile.z}/${tile.x}/${tile.y}`);
  return bytes;
}
