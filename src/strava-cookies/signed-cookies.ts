/** One set of the four signed cookies, and when it expires. Pure. */
import { z } from 'zod';
import { parseJson } from '../common/json/parse-json.js';
import { Secret } from '../common/secret.js';
import { EPOCH_SECONDS, readPolicy, type CloudFrontPolicy } from './cloudfront-policy.js';
import { EXPIRES_COOKIE, SIGNED_COOKIES } from './cookie-names.js';
import { isCookieValue } from './cookie-value.js';

export interface SignedCookies {
  /** Value of the `Cookie` header of a tile request: the four cookies and nothing else. */
  readonly header: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The cookies by name, for the store. */
  readonly values: ReadonlyMap<string, Secret>;
}

const TOKEN_CLAIMS = z.object({ exp: EPOCH_SECONDS });
const HOUR_MS = 3_600_000;

/** The set in `cookies` (name to value), or undefined if one of the four is missing or does not fit a header. */
export function signedCookiesOf(
  cookies: ReadonlyMap<string, string>,
  now: number,
  policy = policyOf(cookies),
): SignedCookies | undefined {
  if (!SIGNED_COOKIES.every((name) => isCookieValue(cookies.get(name)))) return undefined;
  const names = [...SIGNED_COOKIES, EXPIRES_COOKIE].filter((name) => isCookieValue(cookies.get(name)));
  return {
    header: new Secret(SIGNED_COOKIES.map((name) => `${name}=${cookies.get(name)}`).join('; ')),
    expiresAt: expiryOf(cookies, now, policy),
    values: new Map(names.map((name) => [name, new Secret(cookies.get(name)!)])),
  };
}

export function policyOf(cookies: ReadonlyMap<string, string>): CloudFrontPolicy | undefined {
  return readPolicy(cookies.get('CloudFront-Policy'));
}

/**
 * Milliseconds since the epoch, from the first of these that is readable: the cookie `_strava_CloudFront-Expires`, the
 * policy, the claim `exp` of the token `_strava_idcf`. If none is: one hour from `now`.
 */
export function expiryOf(
  cookies: ReadonlyMap<string, string>,
  now: number,
  policy = policyOf(cookies),
): number {
  const informational = cookies.get(EXPIRES_COOKIE);
  if (informational && /^\d{12,14}$/.test(informational)) return Number(informational);
  if (policy) return policy.expiresAt;
  const claims = (cookies.get('_strava_idcf') ?? '').split('.')[1] ?? '';
  const token = TOKEN_CLAIMS.safeParse(parseJson(Buffer.from(claims, 'base64url').toString('utf8')));
  return token.success ? token.data.exp * 1000 : now + HOUR_MS;
}
