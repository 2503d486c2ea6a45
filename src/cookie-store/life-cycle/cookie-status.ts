/** The state of the cookies as `/health`, `/readyz`, `/admin` and the log report it, in the same words. Pure. */
import type { Times } from '../../common/clock.js';
import { problemOf, stateName, type CookieState, type CookieStateName } from './cookie-state.js';

export interface CookieStatus {
  readonly state: CookieStateName;
  /** Expiry of the signed cookies in milliseconds since the epoch; undefined without them. */
  readonly expiresAt: number | undefined;
  /** Why the state is not `valid`. */
  readonly reason: string | undefined;
  /** What the operator can do. */
  readonly action: string | undefined;
  /** Seconds until the next attempt is allowed. */
  readonly retryAfterSeconds: number | undefined;
  /** End of the pause before the next refresh (RFC 3339), also while the state is `valid`; undefined without a pause. */
  readonly refreshPausedUntil: string | undefined;
}

/** `loginNote` reports the automatic login. */
export function statusOf(
  cookies: CookieState,
  { now, elapsed }: Times,
  loginNote: string | undefined,
): CookieStatus {
  const state = stateName(cookies, now);
  const waitMs = cookies.backoff.nextAttemptAt - elapsed;
  return {
    state,
    expiresAt: cookies.issued.newest?.expiresAt,
    reason: reasonFor(state, cookies, now, loginNote),
    action: actionFor(state),
    retryAfterSeconds: state === 'valid' || waitMs <= 0 ? undefined : Math.ceil(waitMs / 1000),
    refreshPausedUntil: waitMs <= 0 ? undefined : new Date(now + waitMs).toISOString(),
  };
}

function reasonFor(
  state: CookieStateName,
  cookies: CookieState,
  now: number,
  loginNote: string | undefined,
): string | undefined {
  if (state === 'valid') return undefined;
  if (state === 'anonymous') return 'there are no Strava cookies';
  const unreadable =
    cookies.unreadable === undefined ? undefined : `the Strava cookies cannot be used: ${cookies.unreadable}`;
  const problem = problemOf(cookies, now);
  const parts = problem ? [problem.detail, loginNote, unreadable] : [unreadable];
  return parts.filter((part) => part !== undefined).join('; ');
}

function actionFor(state: CookieStateName): string | undefined {
  switch (state) {
    case 'valid':
      return undefined;
    case 'anonymous':
      return 'log in to Strava in a browser and export its cookies to the cookie file; no restart is needed';
    case 'unreadable':
      return 'correct the file, or log in to Strava in a browser and export its cookies again; no restart is needed';
    case 'session_rejected':
      return 'log in to Strava in a browser and export the cookies again; no restart is needed';
    case 'onboarding':
      return 'log in to Strava in a browser and finish the set-up of the account there; the gateway retries automatically';
    case 'upstream_error':
      return 'none: the gateway retries automatically; if this persists, check whether Strava can be reached';
  }
}

/** The status in the JSON of `/health` and `/admin`. */
export interface CookieReport {
  readonly status: 'ok' | 'anonymous' | 'degraded';
  /** RFC 3339, or null without signed cookies. */
  readonly cookies_expire: string | null;
  readonly reason: string | null;
  readonly action: string | null;
}

export function reportOf({ state, expiresAt, reason, action }: CookieStatus): CookieReport {
  return {
    status: state === 'valid' ? 'ok' : state === 'anonymous' ? 'anonymous' : 'degraded',
    cookies_expire: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    reason: reason ?? null,
    action: action ?? null,
  };
}
