/** The configuration of the gateway under test, and the limits that the soak checks. */

export const UPSTREAM_TIMEOUT_MS = 2500;
export const UPSTREAM_MAX_CONCURRENCY = 8;
export const SHUTDOWN_DELAY_MS = 1000;

/** The gateway refreshes at half of the lifetime, so every few seconds. */
export const COOKIE_LIFETIME_SECONDS = 16;
/** Lifetime of cookies that are to expire before the web host issues new ones. */
export const SHORT_LIFETIME_SECONDS = 2;

/** Lifetime of cookies that neither expire nor are refreshed during a fault. */
export const LONG_LIFETIME_SECONDS = 86_400;

/** Smaller than the pool of tiles, so that tiles are evicted; the TTL is short, so that tiles are revalidated. */
export const TILE_CACHE_MAX_BYTES = 6 * 1024 * 1024;
export const TILE_CACHE_TTL_SECONDS = 4;

/** Pause of a client between two requests: the first value, plus a random time up to the second. */
export const CLIENT_PAUSE_MS = [50, 120] as const;

/** Number of clients by behavior. */
export const CLIENTS = { regular: 24, abandoning: 5, slow: 4, invalid: 3 } as const;

export const REQUEST_TIMEOUT_MS = UPSTREAM_TIMEOUT_MS + 1500;
/** Time that a slow client takes to read a response. */
export const SLOW_READING_MS = 1500;
export const LIVEZ_MS = 1000;
/** Time until a changed key file or cookie file is in force. */
export const FILE_CHANGE_MS = 2000;
/** Time until tiles and `/health` have recovered after the cause of a fault has ended. */
export const RECOVERY_MS = UPSTREAM_TIMEOUT_MS + 2000;
/** The same where the gateway backs off between refreshes: 2 s, then 4 s; every fault ends before the third. */
export const RECOVERY_WITH_BACKOFF_MS = 10_000;
/** From SIGTERM to the end of the process: shutdown delay, requests in flight, and a margin. */
export const EXIT_MS = SHUTDOWN_DELAY_MS + UPSTREAM_TIMEOUT_MS + 1000 + 2000;
/** Time until a busy process has logged SIGTERM. */
export const SIGNAL_MS = 3000;
/** A fault may show for this long after the first proof of recovery: earlier responses are still in flight. */
export const GRACE_MS = 500;
/**
 * A request sent this shortly before the listener closes may reach it too late: the kernel decides whether the close of an
 * idle connection or the request comes first (RFC 9112, 9.5).
 */
export const CLOSING_MARGIN_MS = 400;

/** One refresh a second, and a few at the start. */
export const maxRefreshes = (seconds: number): number => 4 + seconds;

/** Idle connections to the two tile hosts come and go, and so do a few sockets that are being closed. */
export const MAX_DESCRIPTOR_GROWTH = 2 * UPSTREAM_MAX_CONCURRENCY + 4;
/** The heap of a new process grows for a while; a leak of 5 kB per request exceeds this. */
export const MAX_MEMORY_GROWTH_BYTES = 96 * 1024 * 1024;
