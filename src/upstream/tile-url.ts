/** Paths of tiles at the upstream. Pure; every part of a {@link TileAddress} has been validated. */
import type { TileAddress } from '../catalog/index.js';

/** Path and query at the tile host, which needs signed cookies. */
export function authenticatedTilePath(address: TileAddress, version: number): string {
  return tilePath('/identified/globalheat', address, `v=${version}`);
}

/** Path and query of an anonymous tile at the tile host. */
export function anonymousTilePath(address: TileAddress, version: number): string {
  return tilePath('/anon/globalheat', address, `v=${version}`);
}

/** Path and query at the old anonymous host, which has tiles of 256 px and 512 px. */
export function oldAnonymousTilePath(address: TileAddress): string {
  return tilePath('/tiles', address);
}

/** The size is always in the URL, because its default is 512 px at one host and 256 px at another. */
function tilePath(prefix: string, { sport, color, z, x, y, size }: TileAddress, version = ''): string {
  const density = size === 1024 ? '@2x' : '';
  const query = [size === 1024 ? '' : `px=${size}`, version].filter(Boolean).join('&');
  return `${prefix}/${sport}/${color}/${z}/${x}/${y}${density}.png?${query}`;
}
