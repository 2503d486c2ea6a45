/** The URL of a tile in each encoding. Pure. */
import type { TileAddress, TileSize } from '../../heat-painting/tile-address.js';

export interface Encoding {
  readonly name: string;
  /** Whether errors are OWS exception reports instead of RFC 9457 problems. */
  readonly reports: boolean;
  /** Path and query; undefined when the encoding does not offer the size. */
  readonly path: (address: TileAddress) => string | undefined;
}

const TILE_MATRIX_SETS: Partial<Record<TileSize, string>> = {
  256: 'GoogleMapsCompatible',
  512: 'WebMercatorQuadx2',
};
const XYZ: Record<TileSize, string> = { 256: '', 512: '@2x', 1024: '@4x' };
const WORKER: Record<TileSize, string> = { 256: '@small', 512: '', 1024: '@2x' };

export const ENCODINGS: readonly Encoding[] = [
  {
    name: 'WMTS KVP',
    reports: true,
    path({ sport, color, z, x, y, size }) {
      const set = TILE_MATRIX_SETS[size];
      return set && `/wmts?${kvp(`${sport}-${color}`, set, z, y, x)}`;
    },
  },
  {
    name: 'WMTS RESTful',
    reports: false,
    path({ sport, color, z, x, y, size }) {
      const set = TILE_MATRIX_SETS[size];
      return set && `/wmts/1.0.0/${sport}-${color}/default/${set}/${z}/${y}/${x}.png`;
    },
  },
  {
    name: 'XYZ',
    reports: false,
    path: ({ sport, color, z, x, y, size }) => `/xyz/${sport}/${color}/${z}/${x}/${y}${XYZ[size]}.png`,
  },
  {
    name: 'TMS',
    reports: false,
    path({ sport, color, z, x, y, size }) {
      if (size === 1024) return undefined;
      return `/tms/1.0.0/${sport}-${color}${XYZ[size]}/${z}/${x}/${2 ** z - 1 - y}.png`;
    },
  },
  {
    name: 'drop-in: proxy',
    reports: false,
    path({ sport, color, z, x, y, size }) {
      const density = size === 1024 ? '@2x' : '';
      const query = size === 256 ? '?v=19&px=256' : '?v=19';
      return `/identified/globalheat/${sport}/${color}/${z}/${x}/${y}${density}.png${query}`;
    },
  },
  {
    name: 'drop-in: worker',
    reports: false,
    path: ({ sport, color, z, x, y, size }) => `/global/${color}/${sport}/${z}/${x}/${y}${WORKER[size]}.png`,
  },
];

function kvp(layer: string, set: string, z: number, row: number, column: number): string {
  return (
    `SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default&FORMAT=image/png` +
    `&TILEMATRIXSET=${set}&TILEMATRIX=${z}&TILEROW=${row}&TILECOL=${column}`
  );
}
