/** Selection of the session and one set of signed cookies from the entries of a cookie file. Pure. */
import { Secret } from '../common/secret.js';
import type { CookieEntry } from './cookie-file.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { opensTiles } from './policy-resource.js';
import { isCookieValue, policyOf, signedCookiesOf, type SignedCookies } from './signed-cookies.js';
import type { StoredCookies } from './stored-cookies.js';
import { supersedes } from './supersedes.js';

/**
 * A cookie exporter writes the cookies of all subdomains, so a name may occur several times in a file. The n-th entries
 * of the four names form the n-th set. Of the sets whose policy gives access to the tiles of `tilesUrl`, the one that
 * expires last is chosen; without such a set, the session gets a new one.
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
    if (!opensTiles(policy?.resource, tilesUrl)) continue;
    const set = signedCookiesOf(values, now, policy);
    if (supersedes(set, signed)) signed = set;
  }
  return { session: session === undefined ? undefined : new Secret(session), signed };
}
