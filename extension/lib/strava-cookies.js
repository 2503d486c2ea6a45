/** The Strava cookies that the gateway needs, as this browser has them. */

export const STRAVA_ORIGIN = 'https://*.strava.com/*';

const SESSION = '_strava4_session';
const SIGNED = ['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature', '_strava_idcf'];
const SIGNED_EXPIRY = '_strava_CloudFront-Expires';

/** URLs to which the browser sends the session and the signed cookies. */
const WEB_PAGE = 'https://www.strava.com/';
const TILES = 'https://content-a.strava.com/identified/globalheat/';

/** False if the user has not granted, or has withdrawn, access to strava.com. */
export function mayReadCookies() {
  return chrome.permissions.contains({ origins: [STRAVA_ORIGIN] });
}

/**
 * `entries` is the array to export, with the session first; empty without a session.
 * `sessionUntil` and `signedUntil` are epoch milliseconds, or undefined if the browser does not know them.
 */
export async function readStravaCookies() {
  const [web, tiles] = await Promise.all([cookiesFor(WEB_PAGE), cookiesFor(TILES)]);
  const session = web.get(SESSION);
  const signed = [...SIGNED, SIGNED_EXPIRY].map((name) => tiles.get(name) ?? web.get(name));
  const entries = [session, ...signed].filter(Boolean).map(({ name, value }) => ({ name, value }));
  const signedUntil = Number(signed.at(-1)?.value);
  return {
    session: session?.value,
    sessionUntil: session?.expirationDate === undefined ? undefined : session.expirationDate * 1000,
    signed: signed.slice(0, SIGNED.length).every(Boolean),
    signedUntil: signedUntil > 0 ? signedUntil : undefined,
    entries: session ? entries : [],
  };
}

/** Whether a cookie change sets the Strava session, to a new value or again to the same one. */
export function setsSession({ removed, cookie }) {
  return !removed && cookie.name === SESSION && /(^|\.)strava\.com$/.test(cookie.domain);
}

/** Cookies by name. Of several with the same name, the one that the browser sends first. */
async function cookiesFor(url) {
  const cookies = await chrome.cookies.getAll({ url });
  const withValue = cookies.filter(({ value }) => value !== '');
  return new Map(withValue.reverse().map((cookie) => [cookie.name, cookie]));
}
