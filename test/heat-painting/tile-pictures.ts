import { createHash } from 'node:crypto';
import { hasHeat, heatIndices } from './heat-tile.js';
import { encodePalettePng } from './picture/palette-png.js';
import { paletteOf } from './picture/palettes.js';
import { tileKey, type TileAddress } from './tile-address.js';

export interface Picture {
  png: Buffer;
  /** Strong and quoted. */
  etag: string;
}

const KEPT_BYTES = 96 * 1024 * 1024;

const kept = new Map<string, Picture>();
let keptBytes = 0;

/** The PNG of a tile, from an LRU cache. */
export function pictureOf(address: TileAddress): Picture {
  const key = tileKey(address);
  const known = kept.get(key);
  if (known !== undefined) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const picture = draw(address);
  kept.set(key, picture);
  keptBytes += picture.png.length;
  for (const [oldest, { png }] of kept) {
    if (keptBytes <= KEPT_BYTES) break;
    kept.delete(oldest);
    keptBytes -= png.length;
  }
  return picture;
}

const KNOWN_TILES = 100_000;
const heated = new Map<string, boolean>();

/** Whether a tile has heat; the hosts answer any other tile with 404. */
export function hasPicture({ sport, z, x, y }: TileAddress): boolean {
  const key = `${sport}/${z}/${x}/${y}`;
  const known = heated.get(key);
  if (known !== undefined) return known;
  if (heated.size >= KNOWN_TILES) heated.clear();
  const found = hasHeat(sport, z, x, y);
  heated.set(key, found);
  return found;
}

function draw({ sport, color, z, x, y, size }: TileAddress): Picture {
  const png = encodePalettePng(size, heatIndices(sport, z, x, y, size), paletteOf(color));
  return { png, etag: `"${createHash('md5').update(png).digest('hex')}"` };
}
