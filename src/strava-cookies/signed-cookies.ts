/** One set of the four signed cookies. Pure. */
import { Secret } from '../common/secret.js';
import { EXPIRES_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { expiryOf } from './expiry.js';

export interface SignedCookies {
  /** Value of the `Cookie` header of a tile request: the four cookies and nothing else. */
  readonly header: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The cookies by name, for the store. */
  readonly values: ReadonlyMap<string, Secret>;
}

/** The set in `cookies` (a map from name to value), or undefined unless all four are there and fit a header. */
export function signedCookiesOf(
  cookies: ReadonlyMap<string, string>,
  now: number,
): SignedCookies | undefined {
  if (!SIGNED_COOKIES.every((name) => isCookieValue(cookies.get(name)))) return undefined;
  const names = [...SIGNED_COOKIES, EXPIRES_COOKIE].filter((name) => isCookieValue(cookies.get(name)));
  return {
    header: new Secret(SIGNED_COOKIES.map((name) => `${name}=${cookies.get(name)}`).join('; ')),
    expiresAt: expiryOf(cookies, now),
    values: new Map(names.map((name) => [name, new Secret(cookies.get(name)!)])),
  };
}

/** A non-empty cookie value that cannot break out of its header (RFC 6265, 4.1.1, and what browsers let through). */
export function isCookieValue(value: string | undefined): value is string {
  return value !== undefined && /^[\x21-\x3a\x3c-\x7e]+$/.test(value);
}
