/**
 * The cookies of the gateway, and what each event makes of them: docs/cookie-states.md as functions. Pure: every event
 * returns a new state, or the same one if nothing changes.
 */
import type { Times } from '../../common/clock.js';
import type { Secret } from '../../common/secret.js';
import {
  sessionsOf,
  supersedes,
  type SignedCookies,
  type StoredCookies,
} from '../../strava-cookies/index.js';
import {
  issue,
  NONE_ISSUED,
  usable,
  wasAccepted,
  type IssuedCookies,
  type VersionedCookies,
} from './issued-cookies.js';
import {
  afterFailure,
  afterSuccess,
  afterUsefulRefresh,
  afterUselessRefresh,
  NO_BACKOFF,
  type Moment,
  type RefreshBackoff,
} from './refresh-backoff.js';
import type { FailedRefresh } from './web-session.js';

/**
 * - `anonymous`: neither session nor signed cookies
 * - `unreadable`: as `anonymous`, because the stored cookies cannot be read or used
 * - `valid`: every tile is available
 * - `session_rejected`: the session does not yield signed cookies any more, or there is none to renew them
 * - `onboarding`: the session yields no signed cookies until the user finishes the set-up of the account
 * - `upstream_error`: the last refresh failed for another reason, or its cookies open no tile
 */
export type CookieStateName = 'anonymous' | 'unreadable' | 'valid' | FailedRefresh['kind'];

export interface CookieProblem {
  readonly kind: FailedRefresh['kind'];
  readonly detail: string;
}

export interface CookieState {
  readonly session: Secret | undefined;
  /** Further sessions of the store, to be tried when `session` is rejected, and those that were rejected before it. */
  readonly otherSessions: readonly Secret[];
  readonly issued: IssuedCookies;
  /** Why the last refresh did not help. */
  readonly problem: CookieProblem | undefined;
  /** Why the stored cookies could not be read or used when they were last loaded. */
  readonly unreadable: string | undefined;
  readonly backoff: RefreshBackoff;
  /** When a health check last started a refresh, on the monotonic clock. */
  readonly healthRefreshAt: number;
}

export const NO_COOKIES: CookieState = {
  session: undefined,
  otherSessions: [],
  issued: NONE_ISSUED,
  problem: undefined,
  unreadable: undefined,
  backoff: NO_BACKOFF,
  healthRefreshAt: Number.NEGATIVE_INFINITY,
};

const NO_SESSION: CookieProblem = {
  kind: 'session_rejected',
  detail: 'the signed cookies have expired or are refused, and there is no session to get new ones with',
};

const FRESH_COOKIES_REFUSED: CookieProblem = {
  kind: 'upstream_error',
  detail: 'the tile host refuses cookies that were just issued',
};

/** Whether stored cookies are new: another session, or other signed cookies that expire later. */
export function isNew(stored: StoredCookies, state: CookieState): boolean {
  return hasNewSession(stored, state) || supersedes(stored.signed, state.issued.newest);
}

/** The stored cookies were read, at startup or after a change. */
export function loaded(
  state: CookieState,
  stored: StoredCookies & { readonly unusable?: string },
): CookieState {
  const { unusable } = stored;
  const readable = state.unreadable === unusable ? state : { ...state, unreadable: unusable };
  if (!isNew(stored, state)) return readable;
  return {
    ...readable,
    ...(hasNewSession(stored, state) && {
      session: stored.session,
      otherSessions: stored.otherSessions ?? [],
    }),
    // A new session without signed cookies leaves the current ones in use as long as they open tiles.
    issued: stored.signed ? issue(state.issued, stored.signed) : state.issued,
    problem: undefined,
    backoff: NO_BACKOFF,
  };
}

/** The stored cookies could not be read. */
export function unreadable(state: CookieState, why: string): CookieState {
  return { ...state, unreadable: why };
}

/** A refresh succeeded with `accepted`, one of the sessions; `session` is the one that Strava issued in exchange. */
export function refreshed(
  state: CookieState,
  accepted: Secret,
  { signed, session = accepted }: { readonly signed: SignedCookies; readonly session: Secret | undefined },
): CookieState {
  const issued = issue(state.issued, signed);
  const otherSessions = sessionsOf(state).filter((other) => other !== accepted);
  return {
    ...state,
    session,
    otherSessions,
    issued,
    problem: undefined,
    backoff: afterSuccess(state.backoff),
  };
}

/** A refresh failed. An answer about the session is valid until the next such answer, or until the session is replaced. */
export function refreshFailed(state: CookieState, failure: FailedRefresh, at: Moment): CookieState {
  const { problem } = state;
  const isSettled = problem !== undefined && problem.kind !== 'upstream_error';
  const retryAfterMs = failure.kind === 'upstream_error' ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
  const { kind, detail } = isSettled && failure.kind === 'upstream_error' ? problem : failure;
  return {
    ...state,
    problem: { kind, detail },
    backoff: afterFailure(state.backoff, kind, retryAfterMs, at),
  };
}

/** A refresh with another session succeeded: `session` is in use from now on. */
export function replaced(state: CookieState, session: Secret, signed: SignedCookies): CookieState {
  const issued = issue(state.issued, signed);
  return { ...state, session, otherSessions: [], issued, problem: undefined, backoff: NO_BACKOFF };
}

/** The tile host accepted `generation`; `afterRefresh`: for a tile that it had refused with older cookies. */
export function accepted(state: CookieState, generation: number, afterRefresh: boolean): CookieState {
  const { issued } = state;
  const backoff = afterRefresh ? afterUsefulRefresh(state.backoff) : state.backoff;
  if (wasAccepted(issued, generation)) return backoff === state.backoff ? state : { ...state, backoff };
  return { ...state, issued: { ...issued, accepted: generation }, backoff };
}

/** The tile host refused `generation`. It is withdrawn if it is the newest one and no refresh can replace it. */
export function refused(state: CookieState, generation: number, now: number): CookieState {
  if (state.issued.newest?.generation !== generation) return state;
  if (state.session && !problemOf(state, now)) return state;
  return withdraw(state, generation);
}

/**
 * A tile was refused again with the refreshed cookies of `generation`. The next refresh has to wait; cookies that have
 * opened no tile at all are withdrawn until then.
 */
export function refreshUseless(state: CookieState, generation: number, at: Moment): CookieState {
  const { issued } = state;
  if (issued.newest?.generation !== generation || issued.useless === generation) return state;
  const othersOpen = wasAccepted(issued, generation);
  const backoff = afterUselessRefresh(state.backoff, othersOpen, at);
  const reported = { ...state, issued: { ...issued, useless: generation }, backoff };
  return othersOpen ? reported : { ...withdraw(reported, generation), problem: FRESH_COOKIES_REFUSED };
}

/** A health check started a refresh. */
export function healthRefreshStarted(state: CookieState, elapsed: number): CookieState {
  return { ...state, healthRefreshAt: elapsed };
}

/** The cookies to send with a tile request. */
export function currentCookies({ issued }: CookieState, now: number): VersionedCookies | undefined {
  return usable(issued, now);
}

/** Whether a refresh is possible and allowed. */
export function mayRefresh({ session, backoff }: CookieState, elapsed: number): boolean {
  return session !== undefined && elapsed >= backoff.nextAttemptAt;
}

/** Whether there is a session and the signed cookies expire within `leadMs`. */
export function needsRefresh({ session, issued }: CookieState, now: number, leadMs: number): boolean {
  return session !== undefined && (issued.newest?.expiresAt ?? 0) - now < leadMs;
}

/** Whether a health check may start a refresh: one is allowed, and the signed cookies expire within `leadMs`. */
export function mayRefreshEarly(state: CookieState, { now, elapsed }: Times, leadMs: number): boolean {
  const remaining = (state.issued.newest?.expiresAt ?? 0) - now;
  // Cookies whose lifetime is shorter than the lead are kept for half of it; otherwise every check would refresh them.
  const isYoung = elapsed - state.healthRefreshAt < remaining;
  return remaining < leadMs && !isYoung && mayRefresh(state, elapsed);
}

/** Whether there is a session for which Strava has not denied signed cookies. */
export function isSessionValid({ session, problem }: CookieState): boolean {
  return session !== undefined && (problem === undefined || problem.kind === 'upstream_error');
}

export function problemOf(state: CookieState, now: number): CookieProblem | undefined {
  const { problem, session, issued } = state;
  return problem ?? (!session && issued.newest && !currentCookies(state, now) ? NO_SESSION : undefined);
}

export function stateName(state: CookieState, now: number): CookieStateName {
  const problem = problemOf(state, now);
  if (problem) return problem.kind;
  if (state.session || state.issued.newest) return 'valid';
  return state.unreadable === undefined ? 'anonymous' : 'unreadable';
}

function hasNewSession(stored: StoredCookies, state: CookieState): boolean {
  const known = new Set(sessionsOf(state).map((session) => session.reveal()));
  return sessionsOf(stored).some((session) => !known.has(session.reveal()));
}

function withdraw(state: CookieState, generation: number): CookieState {
  return { ...state, issued: { ...state.issued, withdrawn: generation } };
}
