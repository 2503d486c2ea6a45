import { describe, expect, it } from '@jest/globals';
import { expiryOf } from '../../../src/strava-cookies/expiry.js';
import { identityToken, policyCookie } from '../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;

/** Each source says another time, so that the answer tells which one was read. */
const informational = { '_strava_CloudFront-Expires': String(now + 10 * HOUR) };
const policy = { 'CloudFront-Policy': policyCookie(now + 20 * HOUR) };
const token = { _strava_idcf: identityToken({ exp: (now + 30 * HOUR) / 1000 }) };
const hoursLeft = (cookies: Record<string, string>) =>
  (expiryOf(new Map(Object.entries(cookies)), now) - now) / HOUR;

describe('the expiry of signed cookies', () => {
  it('is said by the informational cookie first, then by the policy, then by the token', () => {
    expect(hoursLeft({ ...token, ...policy, ...informational })).toBe(10);
    expect(hoursLeft({ ...token, ...policy })).toBe(20);
    expect(hoursLeft(token)).toBe(30);
  });

  it('is an hour from now when nothing says it', () => {
    expect(hoursLeft({})).toBe(1);
    expect(hoursLeft({ _strava_idcf: 'no-token' })).toBe(1);
    expect(hoursLeft({ _strava_idcf: identityToken({ exp: 'never' }) })).toBe(1);
    expect(hoursLeft({ _strava_idcf: `a.${'='.repeat(8)}.b`, 'CloudFront-Policy': '~~' })).toBe(1);
  });

  it.each(['', 'soon', '-1', '1e12', '1780300800', `${now}5000`, `${now}.5`])(
    'is not taken from an informational cookie of "%s", which is no time in milliseconds',
    (value) => {
      expect(hoursLeft({ ...policy, '_strava_CloudFront-Expires': value })).toBe(20);
    },
  );
});
