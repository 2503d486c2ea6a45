/** Why the upstream gave no tile. Callers switch on `kind`; nothing matches on the message. */
import type { TileFailure } from '../catalog/index.js';

/** `cancelled`: no client waits for the tile any more. */
export type UpstreamErrorKind = TileFailure | 'cancelled';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly kind: UpstreamErrorKind,
    /** A sentence for the client, without a URL, cookie or stack. */
    readonly detail: string,
    /** Seconds until a retry makes sense. */
    readonly retryAfterSeconds?: number,
    /** Status of the upstream's response; undefined when there was none. */
    readonly upstreamStatus?: number,
    /** Code of the system error if the connection failed. */
    readonly code?: string,
  ) {
    super(detail);
  }
}
