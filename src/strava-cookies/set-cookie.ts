/** Strava's cookies in the `Set-Cookie` headers of a response. Pure. */
import { parseCookie } from 'undici';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { isCookieValue } from './cookie-value.js';

/**
 * Values by name. Strava's response deletes each cookie (an empty value) before it sets it: empty values are ignored,
 * and the last value of a name wins.
 */
export function setCookies(header: string | string[] | undefined): Map<string, string> {
  const wanted: readonly string[] = [SESSION_COOKIE, EXPIRES_COOKIE, ...SIGNED_COOKIES];
  const cookies = new Map<string, string>();
  for (const line of [header ?? []].flat()) {
    const { name = '', value = '' } = parseCookie(line) ?? {};
    if (wanted.includes(name) && isCookieValue(value)) cookies.set(name, value);
  }
  return cookies;
}
