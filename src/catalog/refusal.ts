/** Why a request names no tile. A value, not an exception: each encoding says it in its own words. */

export type RefusedPart =
  'layer' | 'sport' | 'color' | 'style' | 'format' | 'tileMatrixSet' | 'z' | 'x' | 'y';

export interface Refusal {
  /** `malformed`: not of the form; `unknown`: no such value here; `out-of-range`: a number beyond the matrix. */
  readonly kind: 'malformed' | 'unknown' | 'out-of-range';
  readonly part: RefusedPart;
  /** A sentence that names what was found and what is accepted. */
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
