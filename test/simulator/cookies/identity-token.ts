// `_strava_idcf`: a JWT with an expiry, signed with HS256.
import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** A token that is valid until `expiresAt` (epoch milliseconds). */
export function signIdentityToken(secret: string, issuedAt: number, expiresAt: number): string {
  const claims = { iss: 'simulator', sub: '4711', iat: seconds(issuedAt), exp: seconds(expiresAt) };
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${mac(secret, signed).toString('base64url')}`;
}

/** Whether the token is unexpired and its signature is valid. */
export function verifyIdentityToken(secret: string, token: string, now: number): boolean {
  const [header, claims, signature, ...rest] = token.split('.');
  if (header !== HEADER || claims === undefined || signature === undefined || rest.length > 0) return false;
  const expected = mac(secret, `${header}.${claims}`);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
  return seconds(now) < exp;
}

function mac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
