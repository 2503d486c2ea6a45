/** Turns the parameters of GetTile, KVP or RESTful, into a tile address (07-057r7, 7.2 and 10.2). Pure. */
import {
  FORMAT,
  STYLE,
  TILE_MATRIX_SETS,
  refuse,
  type Catalog,
  type RefusedPart,
  type Refusal,
  type Resolved,
  type TileAddress,
} from '../catalog/index.js';
import { quoted } from '../common/text/quoted.js';
import { HttpProblem, type ExceptionCode } from '../http/index.js';

export interface GetTileParameters {
  readonly layer: string;
  readonly style: string;
  readonly format: string;
  readonly tileMatrixSet: string;
  readonly tileMatrix: string;
  readonly tileRow: string;
  readonly tileCol: string;
}

export function resolveGetTile(catalog: Catalog, request: GetTileParameters): Resolved<TileAddress> {
  const layer = catalog.layer(request.layer);
  if (!layer.ok) return layer;
  if (request.style !== STYLE)
    return refuse('unknown', 'style', `Unknown style ${quoted(request.style)}; expected ${STYLE}.`);
  if (request.format !== FORMAT)
    return refuse('unknown', 'format', `Unknown format ${quoted(request.format)}; expected ${FORMAT}.`);
  const set = TILE_MATRIX_SETS.find(({ identifier }) => identifier === request.tileMatrixSet);
  if (!set)
    return refuse(
      'unknown',
      'tileMatrixSet',
      `Unknown TileMatrixSet ${quoted(request.tileMatrixSet)}; expected ` +
        `${TILE_MATRIX_SETS.map(({ identifier }) => identifier).join(' or ')}.`,
    );
  const { tileMatrix: z, tileCol: x, tileRow: y } = request;
  return catalog.tile(layer.value, { z, x, y, size: set.tileSize });
}

const LOCATORS: Record<RefusedPart, string> = {
  layer: 'layer',
  sport: 'layer',
  color: 'layer',
  style: 'style',
  format: 'format',
  tileMatrixSet: 'TileMatrixSet',
  z: 'TileMatrix',
  x: 'TileCol',
  y: 'TileRow',
};

/** Status 400 for KVP; 404 for RESTful, where the URL identifies no resource. */
export function problemForGetTile({ kind, part, detail }: Refusal, status: 400 | 404): HttpProblem {
  const outOfRange = kind === 'out-of-range' && (part === 'x' || part === 'y');
  const exceptionCode: ExceptionCode = outOfRange ? 'TileOutOfRange' : 'InvalidParameterValue';
  return new HttpProblem(status, detail, { exceptionCode, locator: LOCATORS[part] });
}
