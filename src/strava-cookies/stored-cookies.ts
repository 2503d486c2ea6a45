/** The cookies that the gateway persists: what a cookie file or a cookie store contains. */
import type { Secret } from '../common/secret.js';
import type { SignedCookies } from './signed-cookies.js';

export interface StoredCookies {
  /** Value of `_strava4_session`. */
  readonly session: Secret | undefined;
  readonly signed: SignedCookies | undefined;
}
