/** The two TileMatrixSets: the same Web Mercator tile grid with tiles of 256 px or 512 px (OGC 07-057r7, 6.1). */

/** Width and height of a tile in pixels. 1024 px exists for XYZ only. */
export type TileSize = 256 | 512 | 1024;

/** Max zoom of each tile size; the native resolution is the same for all three. */
export const MAX_ZOOM: Record<TileSize, number> = { 256: 16, 512: 15, 1024: 14 };

/** Max zoom of each tile size without cookies. */
export const ANONYMOUS_MAX_ZOOM: Record<TileSize, number> = { 256: 12, 512: 11, 1024: 10 };

/** Available zoom levels: all of them with cookies (`full`), the low ones without (`anonymous`). */
export type ZoomAvailability = 'full' | 'anonymous';

/** Max zoom of a tile size; `limit` is the max zoom allowed by the API key. */
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
  /** Scale denominator at zoom 0 (standardized rendering pixel size 0.28 mm). */
  readonly topScaleDenominator: number;
}

/** In the order of the TileMatrixSetLinks; clients that support a single link use the first one. */
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
/** Latitude at which the Web Mercator extent is a square. */
export const MAX_LATITUDE = 85.0511287798066;

/** The tile matrices of a set, from zoom 0 to `topZoom`. */
export function tileMatrices(set: TileMatrixSet, topZoom: number): TileMatrix[] {
  return Array.from({ length: topZoom + 1 }, (_, zoom) => ({
    identifier: String(zoom),
    scaleDenominator: set.topScaleDenominator / 2 ** zoom,
    matrixWidth: 2 ** zoom,
    matrixHeight: 2 ** zoom,
  }));
}
