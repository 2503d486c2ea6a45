/** Picks the session and one set of signed cookies out of the entries of a file. Pure. */
import { Secret } from '../common/secret.js';
import { readPolicy } from './cloudfront-policy.js';
import type { CookieEntry } from './cookie-file.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import type { StoredCookies } from '../cookie-store/stores/cookie-store.js';
import { isCookieValue, signedCookiesOf, type SignedCookies } from './signed-cookies.js';

/**
 * The exporter takes the cookies of all sub-domains, so a name may stand several times in a file. The n-th entries of
 * the four names make up the n-th set; of the sets whose policy opens `tilesUrl` (or says nothing of it) the one that
 * lasts longest is taken. No such set: none, and the session gets a fresh one.
 */
export function chooseCookies(entries: readonly CookieEntry[], tilesUrl: string, now: number): StoredCookies {
  const valuesOf = (wanted: string) =>
    entries.filter(({ name, value }) => name === wanted && isCookieValue(value)).map(({ value }) => value);
  const byName = new Map([...SIGNED_COOKIES, EXPIRES_COOKIE].map((name) => [name, valuesOf(name)]));
  const session = valuesOf(SESSION_COOKIE)[0];
  const count = Math.max(...SIGNED_COOKIES.map((name) => byName.get(name)!.length));
  let signed: SignedCookies | undefined;
  for (let n = 0; n < count; n++) {
    const values = new Map(
      [...byName].flatMap(([name, found]) => {
        const value = found.length === 1 ? found[0] : found[n];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
    if (!opens(values.get('CloudFront-Policy'), tilesUrl)) continue;
    const set = signedCookiesOf(values, now);
    if (set && (!signed || set.expiresAt > signed.expiresAt)) signed = set;
  }
  return { session: session === undefined ? undefined : new Secret(session), signed };
}

/** Whether a policy's resource (with `*` for anything) is for the host of `tilesUrl`; an unreadable one may be. */
function opens(policyCookie: string | undefined, tilesUrl: string): boolean {
  const resource = readPolicy(policyCookie ?? '')?.resource;
  if (resource === undefined) return true;
  const host = /^(?:https?|http\*|\*):\/\/([^/]+)/.exec(resource)?.[1];
  if (host === undefined) return true;
  return matches(host, new URL(tilesUrl).host);
}

/** `*` stands for anything, `?` for one letter. Not as a RegExp, which takes ages over a row of stars. */
function matches(pattern: string, text: string): boolean {
  // Each letter of the pattern moves on the places in `text` up to which the pattern fits so far.
  let places = new Set([0]);
  for (const letter of pattern.split('')) {
    const next = new Set<number>();
    if (letter === '*') for (let at = Math.min(...places); at <= text.length; at++) next.add(at);
    else
      for (const at of places)
        if (at < text.length && (letter === '?' || letter === text[at])) next.add(at + 1);
    places = next;
  }
  return places.has(text.length);
}
