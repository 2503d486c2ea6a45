/** What Strava's cookies are: names, formats, expiry. Pure; imports nothing but `common`. */
export { chooseCookies } from './choose-cookies.js';
export { domainOf, type CookieEntry } from './cookie-file/cookie-entry.js';
export { CookieFileError } from './cookie-file/cookie-file-error.js';
export { parseCookies, serializeCookies } from './cookie-file/cookie-file.js';
export { EXPIRES_COOKIE, KNOWN_COOKIES, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
export type { FoundCookies } from './formats/format.js';
export { isCookieValue } from './cookie-value.js';
export { readSessions } from './cookie-file/read-session.js';
export { setCookies } from './set-cookie.js';
export { signedCookiesOf, type SignedCookies } from './signed-cookies.js';
export { sessionsOf, type StoredCookies } from './stored-cookies.js';
export {
  REFRESH_REASONS,
  REFRESH_RESULTS,
  type RefreshReason,
  type RefreshResult,
} from './refresh-labels.js';
export { supersedes } from './supersedes.js';
