/** The cookies that the gateway persists: what a cookie file or a cookie store contains. Pure. */
import type { Secret } from '../common/secret.js';
import type { SignedCookies } from './signed-cookies.js';

export interface StoredCookies {
  /** Value of `_strava4_session`. */
  readonly session: Secret | undefined;
  readonly signed: SignedCookies | undefined;
  /** Further sessions, to be tried in this order when Strava rejects the first. */
  readonly otherSessions?: readonly Secret[];
}

/** All sessions, in the order in which to try them. */
export function sessionsOf({
  session,
  otherSessions = [],
}: Pick<StoredCookies, 'session' | 'otherSessions'>): readonly Secret[] {
  return session ? [session, ...otherSessions] : [];
}
