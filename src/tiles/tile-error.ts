/** Why a tile request failed. Callers switch on `kind`; nothing matches on the message. */
import type { TileFailure } from '../catalog/index.js';

export class TileError extends Error {
  override readonly name = 'TileError';

  constructor(
    /** `cancelled`: the client disconnected. */
    readonly kind: TileFailure | 'cancelled',
    /** A sentence for the client, without a URL, cookie or stack. */
    readonly detail: string,
    /** Seconds until a retry makes sense. */
    readonly retryAfterSeconds?: number,
    /** Status of the upstream's response; undefined when there was none. */
    readonly upstreamStatus?: number,
  ) {
    super(detail);
  }
}
