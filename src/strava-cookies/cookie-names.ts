/** Names of Strava's cookies (see docs/architecture.md, "The cookies"). */

/** The login session. Its value is equivalent to a password and is sent to the web host only. */
export const SESSION_COOKIE = '_strava4_session';

/** The four cookies that a tile request needs. */
export const SIGNED_COOKIES = [
  'CloudFront-Key-Pair-Id',
  'CloudFront-Policy',
  'CloudFront-Signature',
  '_strava_idcf',
] as const;

/** Expiry of the signed cookies in epoch milliseconds; informational. */
export const EXPIRES_COOKIE = '_strava_CloudFront-Expires';
