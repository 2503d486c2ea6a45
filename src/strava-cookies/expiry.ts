/** When signed cookies expire. Pure. */
import { z } from 'zod';
import { EPOCH_SECONDS, parseJson, readPolicy } from './cloudfront-policy.js';
import { EXPIRES_COOKIE } from './cookie-names.js';

const JWT_CLAIMS = z.object({ exp: EPOCH_SECONDS });
const HOUR_MS = 3_600_000;

/**
 * Milliseconds since the epoch, from the first of these that can be read: the cookie `_strava_CloudFront-Expires`, the
 * policy, the `exp` of the `_strava_idcf` token. None of them: an hour from `now`.
 */
export function expiryOf(cookies: ReadonlyMap<string, string>, now: number): number {
  const informational = cookies.get(EXPIRES_COOKIE);
  if (informational && /^\d{12,14}$/.test(informational)) return Number(informational);
  const policy = readPolicy(cookies.get('CloudFront-Policy') ?? '');
  if (policy) return policy.expiresAt;
  const claims = (cookies.get('_strava_idcf') ?? '').split('.')[1] ?? '';
  const token = JWT_CLAIMS.safeParse(parseJson(Buffer.from(claims, 'base64url').toString('utf8')));
  return token.success ? token.data.exp * 1000 : now + HOUR_MS;
}
