/** The two TileMatrixSets as a client has to find them. */
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

/** 45 sports in 7 colours. */
export const LAYERS = 45 * 7;
