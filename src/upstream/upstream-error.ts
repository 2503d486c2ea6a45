/** Why the upstream gave no tile. `kind` is switched exhaustively at the edge; nobody reads the message to decide. */
export type UpstreamErrorKind =
  /** No whole answer within the deadline. */
  | 'timeout'
  /** The connection could not be made or broke. */
  | 'connection'
  /** The upstream asked to wait (429, or 503 with Retry-After). */
  | 'throttled'
  /** The upstream answered 5xx, or a status that nobody expects. */
  | 'server_error'
  /** The answer is no whole PNG of the expected size. */
  | 'bad_response'
  /** 401 or 403, and fresh cookies did not help. */
  | 'refused'
  /** 400: the upstream does not know this sport. */
  | 'unknown_sport'
  /** Too many tiles wait for the upstream already. */
  | 'overloaded'
  /** This level needs cookies, and there are none at all. */
  | 'needs_cookies'
  /** This level needs cookies, and the session that would yield them was rejected. */
  | 'session_rejected'
  /** This level needs cookies, and they cannot be refreshed at the moment. */
  | 'cookies_unavailable'
  /** Nobody waits for this tile any more. */
  | 'cancelled';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly kind: UpstreamErrorKind,
    /** A sentence fit for the client: no address, cookie or stack in it. */
    readonly detail: string,
    /** When a new try makes sense. */
    readonly retryAfterSeconds?: number,
    /** Status of the answer that the upstream gave last, if it gave one; for the log. */
    readonly upstreamStatus?: number,
  ) {
    super(detail);
  }
}
