/** The tiles that the soak requests, with the images that it expects. */
import { tileKey, type TileAddress, type TileSize } from '../../heat-painting/tile-address.js';
import { hasPicture, pictureOf } from '../../heat-painting/tile-pictures.js';
import { tileWithHeat, tileWithoutHeat } from '../../simulator/find-tile.js';
import type { Random } from '../../support/run/random.js';

export interface Tile {
  readonly address: TileAddress;
  /** The name under which the simulator counts its requests. */
  readonly name: string;
  /** Undefined for a tile without heat. */
  readonly picture: Buffer | undefined;
}

const SPORTS = ['all', 'ride', 'sport_Run'];
const COLORS = ['hot', 'blue', 'gray'];
const ZOOMS: Record<TileSize, readonly number[]> = {
  256: [2, 5, 8, 10, 11, 12, 13, 14, 15, 16],
  512: [4, 11, 12, 15],
  1024: [10, 14],
};
/** Columns and rows of tiles around a town; larger images take longer to draw. */
const AROUND: Record<TileSize, number> = { 256: 2, 512: 2, 1024: 1 };
/** Colors of each tile: a response with the image of another color is detected. */
const COLORS_EACH = 2;
/** Highest zoom that the upstream serves without cookies. */
const ANONYMOUS_MAX_ZOOM: Record<TileSize, number> = { 256: 12, 512: 11, 1024: 10 };

/** Whether the anonymous host has the tile, so that the gateway serves it without a session. */
export function isAnonymous({ address }: Tile): boolean {
  return address.z <= ANONYMOUS_MAX_ZOOM[address.size];
}

/** Some hundred tiles of every size and many zoom levels; the first ones are requested most often. */
export function drawTiles(random: Random): Tile[] {
  const tiles: Tile[] = [];
  for (const size of [256, 512, 1024] as const)
    for (const z of ZOOMS[size])
      for (const sport of SPORTS) {
        const town = tileWithHeat(z, sport);
        const colors = random.shuffled(COLORS).slice(0, COLORS_EACH);
        for (let i = 0; i < AROUND[size] ** 2; i++) {
          const x = (town.x + (i % AROUND[size])) % 2 ** z;
          const y = Math.min(town.y + Math.floor(i / AROUND[size]), 2 ** z - 1);
          for (const color of colors) tiles.push(tileAt({ sport, color, z, x, y, size }));
        }
      }
  const empty = [6, 11, 14].map((z) => ({ ...tileWithoutHeat(z), sport: 'all', color: 'hot' }));
  for (const address of empty) tiles.push(tileAt({ ...address, size: 256 }));
  return random.shuffled([...new Map(tiles.map((tile) => [tile.name, tile])).values()]);
}

/** A random tile at sea: almost certainly not cached, so that the gateway needs the upstream. */
export function uncachedTile(random: Random, z: 11 | 16): Tile {
  for (;;) {
    const [x, y] = [random.below(2 ** z), random.below(2 ** z)];
    const address: TileAddress = { sport: 'all', color: random.pick(COLORS), z, x, y, size: 256 };
    if (!hasPicture(address)) return { address, name: tileKey(address), picture: undefined };
  }
}

function tileAt(address: TileAddress): Tile {
  const picture = hasPicture(address) ? pictureOf(address).png : undefined;
  return { address, name: tileKey(address), picture };
}
