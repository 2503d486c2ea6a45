import { readFileSync } from 'node:fs';
import type { TileSize } from '../catalog/index.js';

const pictures = new Map<TileSize, Buffer>();

/** A tile that says on the map that the session has expired, and where to look. Drawn by scripts/session-expired-tile.py. */
export function sessionExpiredPng(size: TileSize): Buffer {
  let picture = pictures.get(size);
  if (!picture) {
    picture = readFileSync(new URL(`../../assets/session-expired-${size}.png`, import.meta.url));
    pictures.set(size, picture);
  }
  return picture;
}
