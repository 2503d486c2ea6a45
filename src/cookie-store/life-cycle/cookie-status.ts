/** What `/health`, `/readyz` and the log say about the cookies, in the same words. Pure. */

/**
 * - `anonymous`: no cookies and no session at all
 * - `valid`: tiles of every level can be had
 * - `session_rejected`: the session does not yield signed cookies any more; a person has to act
 * - `upstream_error`: the last refresh failed for other reasons; the gateway goes on trying
 */
export type CookieState = 'anonymous' | 'valid' | 'session_rejected' | 'upstream_error';

export interface CookieStatus {
  readonly state: CookieState;
  /** Expiry of the signed cookies in milliseconds since the epoch; undefined when there are none. */
  readonly expiresAt: number | undefined;
  /** Why the state is not `valid`. */
  readonly reason: string | undefined;
  /** What a person can do about it. */
  readonly action: string | undefined;
  /** Seconds until a new attempt makes sense. */
  readonly retryAfterSeconds: number | undefined;
}

/** The same for machines, as `/health` and `/admin` give it. */
export interface CookieReport {
  readonly status: 'ok' | 'anonymous' | 'degraded';
  /** RFC 3339, or null when there are no signed cookies. */
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

export function actionFor(state: CookieState): string | undefined {
  switch (state) {
    case 'valid':
      return undefined;
    case 'anonymous':
      return 'log in to Strava in a browser and export its cookies to the cookie file; they are taken up without a restart';
    case 'session_rejected':
      return 'log in to Strava in a browser and export the cookies again; the new file is taken up without a restart';
    case 'upstream_error':
      return 'none: the gateway tries again by itself; look whether Strava can be reached if it lasts';
  }
}
