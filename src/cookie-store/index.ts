export { CookieFileError } from '../strava-cookies/cookie-file.js';
export * from './life-cycle/cookie-keeper.js';
export * from './life-cycle/cookie-status.js';
export * from './stores/cookie-store.js';
export type { VersionedCookies } from './life-cycle/issued-cookies.js';
export * from './stores/file-cookie-store.js';
export * from './stores/session-cookie-store.js';
export * from './life-cycle/web-session.js';
