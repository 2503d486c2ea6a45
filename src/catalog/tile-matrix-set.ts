/** The two TileMatrixSets: one grid of tiles over Web Mercator, drawn with 256 px or with 512 px (OGC 07-057r7, 6.1). */

/** Edge of a tile in pixels. 1024 px exists for XYZ only. */
export type TileSize = 256 | 512 | 1024;

/** Deepest zoom of each size; all three have the same native resolution. */
export const MAX_ZOOM: Record<TileSize, number> = { 256: 16, 512: 15, 1024: 14 };

/** Deepest zoom of each size on the anonymous host; `-1` is none. */
export const ANONYMOUS_MAX_ZOOM: Record<TileSize, number> = { 256: 12, 512: 11, 1024: -1 };

/** Which levels can be had: all with signed cookies, the shallow ones without any. */
export type ZoomAvailability = 'full' | 'anonymous';

/** Deepest level of a size; `limit` is the deepest that somebody may see. */
export function maxZoom(size: TileSize, zoomAvailability: ZoomAvailability, limit = Infinity): number {
  return Math.min(limit, (zoomAvailability === 'full' ? MAX_ZOOM : ANONYMOUS_MAX_ZOOM)[size]);
}

export interface TileMatrix {
  readonly identifier: string;
  readonly scaleDenominator: number;
  readonly matrixWidth: number;
  readonly matrixHeight: number;
}

export interface TileMatrixSet {
  readonly identifier: string;
  readonly title: string;
  readonly tileSize: 256 | 512;
  /** Scale denominator of level 0 (standardised pixel of 0.28 mm). */
  readonly topScaleDenominator: number;
}

/** In the order of the TileMatrixSetLinks: clients that look at one link only take the first. */
export const TILE_MATRIX_SETS: readonly TileMatrixSet[] = [
  {
    identifier: 'GoogleMapsCompatible',
    title: 'Web Mercator, 256 px',
    tileSize: 256,
    topScaleDenominator: 559082264.0287178,
  },
  {
    identifier: 'WebMercatorQuadx2',
    title: 'Web Mercator, 512 px',
    tileSize: 512,
    topScaleDenominator: 279541132.0143589,
  },
];

export const TOP_LEFT_CORNER = '-20037508.3427892 20037508.3427892';
export const MERCATOR_EXTENT = 20037508.3427892;
export const SUPPORTED_CRS = 'urn:ogc:def:crs:EPSG::3857';
/** Latitude at which Web Mercator becomes a square. */
export const MAX_LATITUDE = 85.0511287798066;

/** The matrices of a set from level 0 to the deepest that `zoomAvailability` allows and `limit` lets see. */
export function tileMatrices(
  set: TileMatrixSet,
  zoomAvailability: ZoomAvailability,
  limit?: number,
): TileMatrix[] {
  return Array.from({ length: maxZoom(set.tileSize, zoomAvailability, limit) + 1 }, (_, zoom) => ({
    identifier: String(zoom),
    scaleDenominator: set.topScaleDenominator / 2 ** zoom,
    matrixWidth: 2 ** zoom,
    matrixHeight: 2 ** zoom,
  }));
}
