/** What the gateway is started with, and the bounds it is held to: all numbers of the soak in one place. */

export const UPSTREAM_TIMEOUT_MS = 2500;
export const UPSTREAM_MAX_CONCURRENCY = 8;
export const SHUTDOWN_DELAY_MS = 1000;

/** Refreshed at half their life, so every few seconds. */
export const COOKIE_LIFETIME_SECONDS = 16;
/** Of cookies that are to expire before the web host gives new ones. */
export const SHORT_LIFETIME_SECONDS = 2;

/** Smaller than the pool of tiles, so that there are evictions, and short, so that tiles are asked for again. */
export const TILE_CACHE_MAX_BYTES = 6 * 1024 * 1024;
export const TILE_CACHE_TTL_SECONDS = 4;

/** Between two requests of a client; the second number is by chance. */
export const THINKING_MS = [50, 120] as const;

export const CLIENTS = { steady: 24, hangingUp: 5, slow: 4, sendingRubbish: 3 } as const;

/** A request that takes longer than this hangs. */
export const PATIENCE_MS = UPSTREAM_TIMEOUT_MS + 1500;
/** What a slow reader takes for itself. */
export const SLOW_READING_MS = 1500;
export const LIVEZ_MS = 1000;
/** A changed key file is in force after that; so is a changed cookie file. */
export const FILE_CHANGE_MS = 2000;
/** Until tiles and `/health` are well again when the cause of trouble is gone. */
export const RECOVERY_MS = UPSTREAM_TIMEOUT_MS + 2000;
/** The same where the gateway pauses between attempts: 2 s, then 4 s; a fault of the soak is over by the third. */
export const RECOVERY_AFTER_PAUSES_MS = 10_000;
/** From SIGTERM to the end of the process: the delay, the requests under way, and a margin. */
export const EXIT_MS = SHUTDOWN_DELAY_MS + UPSTREAM_TIMEOUT_MS + 1000 + 2000;
/** Until the process learns of SIGTERM, however busy it is. */
export const TOLD_MS = 3000;
/** HealthIssue may show for so long after the first proof that it is over: answers of before are still on their way. */
export const GRACE_MS = 500;
/**
 * A request that began so shortly before the listener closed may have reached it too late: whether an idle connection
 * or a request comes first is up to the kernel (RFC 9112, 9.5).
 */
export const CLOSING_MARGIN_MS = 400;

/** A refresh a second, and a few for the start, are no storm. */
export const refreshesAllowed = (seconds: number): number => 4 + seconds;

/** Kept-alive connections to the two tile hosts come and go, and so do a few sockets that are just being closed. */
export const MORE_DESCRIPTORS = 2 * UPSTREAM_MAX_CONCURRENCY + 4;
/** The heap of a young process grows by itself for a while; a leak of 5 kB a request would be beyond this. */
export const MORE_MEMORY_BYTES = 96 * 1024 * 1024;
