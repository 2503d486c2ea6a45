/** From the words of a GetTile request to a tile address, for KVP and RESTful (07-057r7, 7.2 and 10.2). Pure. */
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
import { quoted } from '../common/quoted.js';
import { HttpProblem, type ExceptionCode } from '../http/index.js';

export interface GetTile {
  readonly layer: string;
  readonly style: string;
  readonly format: string;
  readonly tileMatrixSet: string;
  readonly tileMatrix: string;
  readonly tileRow: string;
  readonly tileCol: string;
}

export function resolveGetTile(catalog: Catalog, request: GetTile): Resolved<TileAddress> {
  const layer = catalog.layer(request.layer);
  if (!layer.ok) return layer;
  if (request.style !== STYLE)
    return refuse(
      'unknown',
      'style',
      `There is no style ${quoted(request.style)}; the only style is ${STYLE}.`,
    );
  if (request.format !== FORMAT)
    return refuse(
      'unknown',
      'format',
      `The format ${quoted(request.format)} is not offered; it is ${FORMAT}.`,
    );
  const set = TILE_MATRIX_SETS.find(({ identifier }) => identifier === request.tileMatrixSet);
  if (!set)
    return refuse(
      'unknown',
      'tileMatrixSet',
      `There is no TileMatrixSet ${quoted(request.tileMatrixSet)}; there are ` +
        `${TILE_MATRIX_SETS.map(({ identifier }) => identifier).join(' and ')}.`,
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

/** KVP says 400 to everything; RESTful says 404, since the address names no resource. */
export function failureOfGetTile({ kind, part, detail }: Refusal, status: 400 | 404): HttpProblem {
  const outside = kind === 'out-of-range' && (part === 'x' || part === 'y');
  const exceptionCode: ExceptionCode = outside ? 'TileOutOfRange' : 'InvalidParameterValue';
  return new HttpProblem(status, detail, { exceptionCode, locator: LOCATORS[part] });
}
