/** What the other modules use of the cookie store. The Nest module is in cookie-store.module.ts. */
export { CookieFileError, type StoredCookies } from '../strava-cookies/index.js';
export { CookieKeeper } from './life-cycle/cookie-keeper.js';
export { reportOf, type CookieReport, type CookieStatus } from './life-cycle/cookie-status.js';
export type { CookieStateName } from './life-cycle/cookie-state.js';
export type { VersionedCookies } from './life-cycle/issued-cookies.js';
export { HttpWebSession, type FailedRefresh, type RefreshOutcome } from './life-cycle/web-session.js';
export type { CookieStore } from './stores/cookie-store.js';
export { FileCookieStore } from './stores/file-cookie-store.js';
export { SessionCookieStore } from './stores/session-cookie-store.js';
