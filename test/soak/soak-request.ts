/** A request that a client is sent out with, and what it should bring home. */
import type { SoakDocument } from './clients/documents.js';
import type { Sending } from './clients/exchange.js';
import type { Key } from './clients/keys.js';
import type { Tile } from './clients/tiles.js';

export type Expected =
  | { readonly kind: 'tile'; readonly tile: Tile; readonly reports: boolean }
  | {
      readonly kind: 'document';
      readonly document: SoakDocument;
      /** The key that the document repeats. */
      readonly repeated: Key | undefined;
    }
  | { readonly kind: 'health' | 'livez' | 'readyz' | 'metrics' }
  /** One of these, whatever goes on; what is an error has the body of one. */
  | { readonly kind: 'status'; readonly statuses: readonly number[]; readonly reports: boolean };

export interface Errand extends Sending {
  /** For the report. */
  readonly route: string;
  /** For violations: what was asked, without a key. */
  readonly shown: string;
  readonly expected: Expected;
  /** Under this name its validator is remembered; undefined for what has none. */
  readonly validated?: string;
}
