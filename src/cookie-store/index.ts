export { CookieFileError } from '../strava-cookies/cookie-file.js';
export * from './cookie-keeper.js';
export * from './cookie-status.js';
export * from './cookie-store.js';
export type { IssuedCookies } from './cookies-in-force.js';
export * from './file-cookie-store.js';
export * from './session-cookie-store.js';
export * from './web-session.js';
