/** When the next refresh may start: pauses that double with each failure in a row. Pure. */
import { backoff } from '../../common/backoff.js';
import type { FailedRefresh } from './web-session.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

interface Pause {
  readonly base: number;
  readonly max: number;
}

/** An upstream error usually passes within minutes. */
const UPSTREAM_ERROR: Pause = { base: 2 * SECOND, max: 600 * SECOND };
/** A rejected session has to be replaced; an occasional attempt recovers from a rejection by mistake. */
const SESSION_REJECTED: Pause = { base: 600 * SECOND, max: 6 * HOUR };
/** The user finishes the set-up of the account within minutes, or not at all. */
const ONBOARDING: Pause = { base: 60 * SECOND, max: HOUR };
/** Cookies that open other tiles may be revoked at any time, so the next refresh must be possible soon. */
const ONE_TILE_REFUSED: Pause = { base: 2 * SECOND, max: 60 * SECOND };

const PAUSES: Record<FailedRefresh['kind'], Pause> = {
  upstream_error: UPSTREAM_ERROR,
  session_rejected: SESSION_REJECTED,
  onboarding: ONBOARDING,
};

export interface RefreshBackoff {
  /** Milliseconds on the monotonic clock. */
  readonly nextAttemptAt: number;
  /** Failures of the kind `lastFailure` in a row. */
  readonly failures: number;
  readonly lastFailure: FailedRefresh['kind'] | undefined;
  /** Successful refreshes in a row whose cookies opened no tile that was refused before. */
  readonly uselessRefreshes: number;
}

export const NO_BACKOFF: RefreshBackoff = {
  nextAttemptAt: 0,
  failures: 0,
  lastFailure: undefined,
  uselessRefreshes: 0,
};

/** The time of an event on the monotonic clock, and the source of jitter, which returns 0 to 1. */
export interface Moment {
  readonly elapsed: number;
  readonly random: () => number;
}

/** A refresh failed; `retryAfterMs` is the pause that the upstream asked for. */
export function afterFailure(
  state: RefreshBackoff,
  kind: FailedRefresh['kind'],
  retryAfterMs: number,
  at: Moment,
): RefreshBackoff {
  const failures = kind === state.lastFailure ? state.failures + 1 : 1;
  return paused(
    { ...state, failures, lastFailure: kind },
    Math.max(retryAfterMs, length(failures, PAUSES[kind], at)),
    at,
  );
}

/** A refresh succeeded. Only a tile shows whether it helped, so a pause after useless refreshes stays. */
export function afterSuccess(state: RefreshBackoff): RefreshBackoff {
  const { uselessRefreshes } = state;
  return { ...NO_BACKOFF, uselessRefreshes, nextAttemptAt: uselessRefreshes === 0 ? 0 : state.nextAttemptAt };
}

/** A tile was refused again with refreshed cookies; `othersOpen`: the cookies open other tiles. */
export function afterUselessRefresh(state: RefreshBackoff, othersOpen: boolean, at: Moment): RefreshBackoff {
  const uselessRefreshes = state.uselessRefreshes + 1;
  const pause = othersOpen ? ONE_TILE_REFUSED : UPSTREAM_ERROR;
  return paused({ ...state, uselessRefreshes }, length(uselessRefreshes, pause, at), at);
}

/** A tile that was refused before was opened by refreshed cookies. */
export function afterUsefulRefresh(state: RefreshBackoff): RefreshBackoff {
  return state.uselessRefreshes === 0 ? state : { ...state, uselessRefreshes: 0 };
}

function length(failures: number, { base, max }: Pause, { random }: Moment): number {
  return backoff(failures, base, max, random);
}

function paused(state: RefreshBackoff, ms: number, { elapsed }: Moment): RefreshBackoff {
  return { ...state, nextAttemptAt: Math.max(state.nextAttemptAt, elapsed + ms) };
}
