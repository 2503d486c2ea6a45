/** What Strava's cookies are: names, formats, expiry. Pure; imports nothing but `common`. */
export { chooseCookies } from './choose-cookies.js';
export { CookieFileError, parseCookies, serializeCookies, type CookieEntry } from './cookie-file.js';
export { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
export { setCookies } from './set-cookie.js';
export { isCookieValue, signedCookiesOf, type SignedCookies } from './signed-cookies.js';
export type { StoredCookies } from './stored-cookies.js';
export {
  REFRESH_REASONS,
  REFRESH_RESULTS,
  type RefreshReason,
  type RefreshResult,
} from './refresh-labels.js';
export { supersedes } from './supersedes.js';
