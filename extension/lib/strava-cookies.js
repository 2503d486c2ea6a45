/** Which of Strava's cookies the gateway needs, and what this browser has of them. */

export const STRAVA_ORIGIN = 'https://*.strava.com/*';

const SESSION = '_strava4_session';
const SIGNED = ['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature', '_strava_idcf'];
const SIGNED_EXPIRY = '_strava_CloudFront-Expires';

/** Where the browser sends the session, and where it sends the signed cookies. */
const WEB_PAGE = 'https://www.strava.com/';
const TILES = 'https://content-a.strava.com/identified/globalheat/';

/** False when the person has not granted (or has withdrawn) access to strava.com. */
export function mayReadCookies() {
  return chrome.permissions.contains({ origins: [STRAVA_ORIGIN] });
}

/**
 * `entries` is the exporter array, the session first; empty without a session.
 * `sessionUntil` and `signedUntil` are epoch milliseconds; undefined when the browser does not know.
 */
export async function readStravaCookies() {
  const [web, tiles] = await Promise.all([sentTo(WEB_PAGE), sentTo(TILES)]);
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

/** Whether a change of cookies gives this browser a Strava session, new or set once more. */
export function setsSession({ removed, cookie }) {
  return !removed && cookie.name === SESSION && /(^|\.)strava\.com$/.test(cookie.domain);
}

/** Name to cookie; of several with one name the one that the browser would send first. */
async function sentTo(url) {
  const cookies = await chrome.cookies.getAll({ url });
  const filled = cookies.filter(({ value }) => value !== '');
  return new Map(filled.reverse().map((cookie) => [cookie.name, cookie]));
}
