import type { SoakDocument } from './clients/documents.js';
import type { HttpCall } from './clients/exchange.js';
import type { Key } from './clients/keys.js';
import type { Tile } from './clients/tiles.js';

export type Expected =
  | { readonly kind: 'tile'; readonly tile: Tile; readonly reports: boolean }
  | {
      readonly kind: 'document';
      readonly document: SoakDocument;
      /** The key that the document must repeat. */
      readonly repeated: Key | undefined;
    }
  | { readonly kind: 'health' | 'livez' | 'readyz' | 'metrics' }
  /** One of these statuses, also during a fault; an error must have the body of an error. */
  | { readonly kind: 'status'; readonly statuses: readonly number[]; readonly reports: boolean };

/** A request and the response that it expects. */
export interface SoakRequest extends HttpCall {
  /** Row of the report. */
  readonly route: string;
  /** The request without its key, for violations. */
  readonly shown: string;
  readonly expected: Expected;
  /** Name under which its ETag is remembered; undefined for responses without an ETag. */
  readonly etagName?: string;
}
