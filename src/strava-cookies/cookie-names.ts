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

/** Every name that means something to the gateway. */
export const KNOWN_COOKIES: readonly string[] = [SESSION_COOKIE, ...SIGNED_COOKIES, EXPIRES_COOKIE];

/** Names of the session in settings of this program: a line of an env file or of a script. */
export const SESSION_SETTINGS: readonly string[] = ['STRAVA_SESSION', 'stravaSession'];
