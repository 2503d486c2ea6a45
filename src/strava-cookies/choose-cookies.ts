/** Selection of the session and one set of signed cookies from the entries of a cookie file. Pure. */
import { Secret } from '../common/secret.js';
import type { CookieEntry } from './cookie-file.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { isCookieValue, policyOf, signedCookiesOf, type SignedCookies } from './signed-cookies.js';
import type { StoredCookies } from './stored-cookies.js';
import { supersedes } from './supersedes.js';

/**
 * A cookie exporter writes the cookies of all subdomains, so a name may occur several times in a file. The n-th entries
 * of the four names form the n-th set. Of the sets whose policy allows the host of `tilesUrl` (or names no host), the
 * one that expires last is chosen; without such a set, the session gets a new one.
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
    const policy = policyOf(values);
    if (!allowsHost(policy?.resource, tilesUrl)) continue;
    const set = signedCookiesOf(values, now, policy);
    if (supersedes(set, signed)) signed = set;
  }
  return { session: session === undefined ? undefined : new Secret(session), signed };
}

/** Whether the policy's resource (`*` matches anything) allows the host of `tilesUrl`; one without a host may. */
function allowsHost(resource: string | undefined, tilesUrl: string): boolean {
  const host = /^(?:https?|http\*|\*):\/\/([^/]+)/.exec(resource ?? '')?.[1];
  return host === undefined || matches(host, new URL(tilesUrl).host);
}

/** `*` matches any text, `?` one character. Not a RegExp, whose backtracking is exponential for many stars. */
function matches(pattern: string, text: string): boolean {
  // The positions in `text` up to which the pattern read so far matches; each of its characters advances them.
  let positions = new Set([0]);
  for (const char of pattern.split('')) {
    const next = new Set<number>();
    if (char === '*') for (let at = Math.min(...positions); at <= text.length; at++) next.add(at);
    else
      for (const at of positions)
        if (at < text.length && (char === '?' || char === text[at])) next.add(at + 1);
    positions = next;
  }
  return positions.has(text.length);
}
