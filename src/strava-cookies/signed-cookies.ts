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
  /** The first expiry in the cookies is later than any that Strava issues, so `expiresAt` is another one. */
  readonly isExpiryImplausible?: true;
  /** The cookies by name, for the store. */
  readonly values: ReadonlyMap<string, Secret>;
}

const TOKEN_CLAIMS = z.object({ exp: EPOCH_SECONDS });
const HOUR_MS = 3_600_000;
/** Strava issues cookies for about a day. */
const MAX_LIFETIME_MS = 30 * 24 * HOUR_MS;

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
    ...(expiriesIn(cookies, policy)[0]! > now + MAX_LIFETIME_MS && { isExpiryImplausible: true }),
    values: new Map(names.map((name) => [name, new Secret(cookies.get(name)!)])),
  };
}

export function policyOf(cookies: ReadonlyMap<string, string>): CloudFrontPolicy | undefined {
  return readPolicy(cookies.get('CloudFront-Policy'));
}

/**
 * Milliseconds since the epoch: the first expiry in the cookies that is plausible. If none is, the latest plausible one; if there is none
 * at all, one hour from `now`.
 */
export function expiryOf(
  cookies: ReadonlyMap<string, string>,
  now: number,
  policy = policyOf(cookies),
): number {
  const latest = now + MAX_LIFETIME_MS;
  const found = expiriesIn(cookies, policy);
  return found.find((time) => time <= latest) ?? (found.length > 0 ? latest : now + HOUR_MS);
}

/** What can be read of these: the cookie `_strava_CloudFront-Expires`, the policy, the claim `exp` of the token `_strava_idcf`. */
function expiriesIn(cookies: ReadonlyMap<string, string>, policy: CloudFrontPolicy | undefined): number[] {
  const informational = cookies.get(EXPIRES_COOKIE) ?? '';
  const claims = (cookies.get('_strava_idcf') ?? '').split('.')[1] ?? '';
  const token = TOKEN_CLAIMS.safeParse(parseJson(Buffer.from(claims, 'base64url').toString('utf8')));
  return [
    ...(/^\d{12,14}$/.test(informational) ? [Number(informational)] : []),
    ...(policy ? [policy.expiresAt] : []),
    ...(token.success ? [token.data.exp * 1000] : []),
  ];
}
