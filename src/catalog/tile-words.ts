/** The vocabulary of tile requests: how a tile is addressed, where it comes from, and how the request ends. Pure. */

/** How a request addresses a tile. */
export const ENCODINGS = ['wmts_kvp', 'wmts_rest', 'xyz', 'tms', 'drop_in'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Source that a tile comes from. An ETag is valid only at the source that has sent it. */
export const TILE_SOURCES = ['authenticated', 'anonymous', 'old_anonymous'] as const;
export type TileSource = (typeof TILE_SOURCES)[number];

/** Sources as metrics and pauses know them. */
export const SOURCE_GROUPS = ['authenticated', 'anonymous'] as const;
export type SourceGroup = (typeof SOURCE_GROUPS)[number];

export function sourceGroup(source: TileSource): SourceGroup {
  return source === 'authenticated' ? source : 'anonymous';
}

/**
 * Health issues of the upstream. `no_internet`, `unreachable`: no request succeeds; `throttled`: a pause that the upstream asked
 * for; `blank`: not even the tile of the whole world exists; `queue`: the queue of requests is nearly full.
 */
export const UPSTREAM_ISSUES = ['no_internet', 'unreachable', 'throttled', 'blank', 'queue'] as const;
export type UpstreamIssueKind = (typeof UPSTREAM_ISSUES)[number];

/** How a tile request ends; `coalesced` shares the upstream request of another client. */
export const TILE_OUTCOMES = ['hit', 'miss', 'coalesced', 'stale', 'empty', 'anonymous', 'error'] as const;
export type TileOutcome = (typeof TILE_OUTCOMES)[number];

/** Why a tile cannot be served. HTTP statuses are in `http/errors/problem-table.ts`. */
export const TILE_FAILURES = [
  /** No complete response before the deadline. */
  'timeout',
  /** The connection to the upstream failed or broke. */
  'connection',
  /** The upstream asks to wait: 429, or 503 with `Retry-After`. */
  'throttled',
  /** The upstream responded with 5xx or an unexpected status. */
  'server_error',
  /** The response is not a complete PNG of the expected size. */
  'bad_response',
  /** 401 or 403: with fresh cookies, or for an anonymous tile. */
  'refused',
  /** 400: the upstream does not know the sport. */
  'unknown_sport',
  /** The upstream queue is full. */
  'overloaded',
  /** This zoom level needs cookies, and none are configured. */
  'needs_cookies',
  /** This zoom level needs cookies, and Strava rejected the session. */
  'session_rejected',
  /** This zoom level needs cookies, and a refresh is not possible at present. */
  'cookies_unavailable',
] as const;
export type TileFailure = (typeof TILE_FAILURES)[number];
