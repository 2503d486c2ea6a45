/** Addresses of tiles at the upstream. Pure; every part of a {@link TileAddress} has been checked. */
import type { TileAddress, TileSize } from '../catalog/index.js';

/** How each host spells a size; 512 px is what it gives unasked. */
const PX: Record<TileSize, string> = { 256: 'px=256', 512: '', 1024: '' };

/** Path and query at the tile host that wants signed cookies. */
export function authenticatedTilePath(address: TileAddress, version: number): string {
  const { sport, color, z, x, y, size } = address;
  const density = size === 1024 ? '@2x' : '';
  const query = [PX[size], `v=${version}`].filter(Boolean).join('&');
  return `/identified/globalheat/${sport}/${color}/${z}/${x}/${y}${density}.png?${query}`;
}

/** Path and query at the anonymous host, which has 256 px and 512 px. */
export function anonymousTilePath({ sport, color, z, x, y, size }: TileAddress): string {
  const query = PX[size] && `?${PX[size]}`;
  return `/tiles/${sport}/${color}/${z}/${x}/${y}.png${query}`;
}
