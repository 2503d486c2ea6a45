/** The tile that shows the whole world. It is never empty, so its 404 means that the upstream has no tiles at all. Pure. */
import { tileAddress, type TileAddress } from '../../catalog/index.js';

export const WORLD_TILE = tileAddress('all-hot', 'all', 'hot', 0, 0, 0, 256);

export function isWorldTile({ sport, z }: TileAddress): boolean {
  return sport === 'all' && z === 0;
}
