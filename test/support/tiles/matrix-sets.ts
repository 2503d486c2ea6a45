/** The two TileMatrixSets that a client must find. */
export interface MatrixSet {
  readonly name: string;
  readonly size: 256 | 512;
  readonly deepest: number;
  readonly deepestAnonymous: number;
}

export const MATRIX_SETS: readonly MatrixSet[] = [
  { name: 'GoogleMapsCompatible', size: 256, deepest: 16, deepestAnonymous: 12 },
  { name: 'WebMercatorQuadx2', size: 512, deepest: 15, deepestAnonymous: 11 },
];

/** 45 sports in 7 colors. */
export const LAYERS = 45 * 7;
