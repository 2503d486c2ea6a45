/** Why a request does not identify a tile. A value, not an exception: each encoding turns it into its own error format. */

export type RefusedPart =
  'layer' | 'sport' | 'color' | 'style' | 'format' | 'tileMatrixSet' | 'z' | 'x' | 'y';

export interface Refusal {
  /** `malformed`: wrong syntax; `unknown`: no such value; `out-of-range`: a number outside the tile matrix. */
  readonly kind: 'malformed' | 'unknown' | 'out-of-range';
  readonly part: RefusedPart;
  /** A sentence for the client: what was found and what is accepted. */
  readonly detail: string;
}

export type Resolved<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function refuse(
  kind: Refusal['kind'],
  part: RefusedPart,
  detail: string,
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { kind, part, detail } };
}
