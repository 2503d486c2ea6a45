/** Selection of the session and one set of signed cookies from the entries of a cookie file. Pure. */
import { Secret } from '../common/secret.js';
import { domainOf, expiryOf, type CookieEntry } from './cookie-file/cookie-entry.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { isCookieValue } from './cookie-value.js';
import { opensTiles } from './policy-resource.js';
import { policyOf, signedCookiesOf, type SignedCookies } from './signed-cookies.js';
import type { StoredCookies } from './stored-cookies.js';
import { supersedes } from './supersedes.js';

/**
 * A cookie exporter writes the cookies of all domains, so a name may occur several times in a file. Of the sets of signed cookies
 * whose policy gives access to the tiles of `tilesUrl`, the one that expires last is chosen; without such a set, the
 * session gets a new one. Of several sessions, the further ones are those to try when Strava rejects the first.
 */
export function chooseCookies(entries: readonly CookieEntry[], tilesUrl: string, now: number): StoredCookies {
  const [session, ...otherSessions] = chooseSessions(entries, tilesUrl, now);
  const usable = usableEntries(entries, tilesUrl, now);
  const domains = new Set(usable.map(domainOf));
  // Cookies that belong together usually have the same domain, but an exporter may drop some of the domains.
  const groups = [...domains].map((domain) => usable.filter((entry) => domainOf(entry) === domain));
  let signed: SignedCookies | undefined;
  for (const set of [...groups, usable].flatMap((group) => setsOf(group, tilesUrl, now)))
    if (supersedes(set, signed)) signed = set;
  return { session, signed, ...(otherSessions.length > 0 && { otherSessions }) };
}

/** The sessions in the order in which to try them, each once. Without `tilesUrl`, only strava.com is a known domain. */
export function chooseSessions(
  entries: readonly CookieEntry[],
  tilesUrl: string | undefined,
  now: number,
): readonly Secret[] {
  const sessions = usableEntries(entries, tilesUrl, now).filter(({ name }) => name === SESSION_COOKIE);
  const values = new Set(sessions.map(({ value }) => value));
  return [...values].slice(0, MAX_SESSIONS).map((value) => new Secret(value));
}

/** Strava limits logins: a file with more sessions is not tried to its end. */
const MAX_SESSIONS = 3;

/** Entries that can be sent to Strava; those that have expired by their attributes come last. */
function usableEntries(
  entries: readonly CookieEntry[],
  tilesUrl: string | undefined,
  now: number,
): CookieEntry[] {
  const isExpired = (entry: CookieEntry) => (expiryOf(entry) ?? Number.POSITIVE_INFINITY) <= now;
  return entries
    .filter((entry) => isCookieValue(entry.value) && !isForeign(domainOf(entry), tilesUrl))
    .toSorted((a, b) => Number(isExpired(a)) - Number(isExpired(b)));
}

/** Whether a cookie of `domain` belongs to another site: cookies of CloudFront have the same names everywhere. */
function isForeign(domain: string | undefined, tilesUrl: string | undefined): boolean {
  if (domain === undefined) return false;
  const belongsTo = (host: string) => host === domain || host.endsWith(`.${domain}`);
  return (
    !/(?:^|\.)strava\.com$/.test(domain) && !(tilesUrl !== undefined && belongsTo(new URL(tilesUrl).hostname))
  );
}

/** The sets for the host of `tilesUrl`: the n-th entries of the four names form the n-th set. */
function setsOf(group: readonly CookieEntry[], tilesUrl: string, now: number): SignedCookies[] {
  const valuesOf = (wanted: string) => group.filter(({ name }) => name === wanted).map(({ value }) => value);
  const byName = new Map([...SIGNED_COOKIES, EXPIRES_COOKIE].map((name) => [name, valuesOf(name)]));
  const count = Math.max(...SIGNED_COOKIES.map((name) => byName.get(name)!.length));
  return Array.from({ length: count }, (_, n) => {
    const values = new Map(
      [...byName].flatMap(([name, found]) => {
        const value = found.length === 1 ? found[0] : found[n];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
    const policy = policyOf(values);
    return opensTiles(policy?.resource, tilesUrl) ? (signedCookiesOf(values, now, policy) ?? []) : [];
  }).flat();
}
