/** Names of the upstream's cookies (see docs/architecture.md, "The cookies"). */

export { SESSION_COOKIE } from '../common/session-cookie.js';

/** Exactly what a tile request needs. */
export const SIGNED_COOKIES = [
  'CloudFront-Key-Pair-Id',
  'CloudFront-Policy',
  'CloudFront-Signature',
  '_strava_idcf',
] as const;
export type SignedCookieName = (typeof SIGNED_COOKIES)[number];

/** Expiry of the signed cookies as epoch milliseconds; informational. */
export const EXPIRES_COOKIE = '_strava_CloudFront-Expires';
