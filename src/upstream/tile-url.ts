/** Paths of tiles at the upstream. Pure; every part of a {@link TileAddress} has been validated. */
import type { TileAddress, TileSize } from '../catalog/index.js';

/** Size parameter of each host; 512 px is the default. */
const PX: Record<TileSize, string> = { 256: 'px=256', 512: '', 1024: '' };

/** Path and query at the tile host, which needs signed cookies. */
export function authenticatedTilePath(address: TileAddress, version: number): string {
  const { sport, color, z, x, y, size } = address;
  const density = size === 1024 ? '@2x' : '';
  const query = [PX[size], `v=${version}`].filter(Boolean).join('&');
  return `/identified/globalheat/${sport}/${color}/${z}/${x}/${y}${density}.png?${query}`;
}

/** Path and query at the anonymous host, which serves 256 px and 512 px. */
export function anonymousTilePath({ sport, color, z, x, y, size }: TileAddress): string {
  const query = PX[size] && `?${PX[size]}`;
  return `/tiles/${sport}/${color}/${z}/${x}/${y}.png${query}`;
}
