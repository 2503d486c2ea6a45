import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { EXPIRES_COOKIE } from '../../../src/strava-cookies/cookie-names.js';
import { expiryOf } from '../../../src/strava-cookies/expiry.js';
import { edited, epochSeconds, numberText, oddText } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { identityToken, policyCookie } from '../../support/signed-cookies.js';

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

describe('properties', () => {
  const NOW = Date.parse('2026-06-01T00:00:00Z');
  const HOUR = 3_600_000;

  const claims = (exp: fc.Arbitrary<unknown>) =>
    fc.record({ exp, sub: oddText() }).map((all) => identityToken(all));
  const anyNumber = fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger(), epochSeconds);

  it('any cookies end at a time that a Date can hold', () => {
    const cookies = fc.record(
      {
        [EXPIRES_COOKIE]: fc.oneof(
          numberText,
          fc.bigInt({ min: 0n, max: 10n ** 15n }).map(String),
          oddText(),
        ),
        'CloudFront-Policy': fc.oneof(
          anyNumber.map((seconds) => policyCookie(seconds * 1000)),
          edited(fc.constant(policyCookie(NOW))),
          oddText(),
        ),
        _strava_idcf: fc.oneof(
          claims(fc.oneof(anyNumber, fc.jsonValue())),
          edited(claims(epochSeconds)),
          oddText(),
        ),
      },
      { requiredKeys: [] },
    );
    holds(
      fc.property(cookies, (found) => {
        const at = expiryOf(new Map(Object.entries(found) as [string, string][]), NOW);
        expect(Number.isNaN(new Date(at).getTime())).toBe(false);
      }),
      1000,
    );
  });

  describe('the end of signed cookies', () => {
    const seconds = fc.option(epochSeconds, { nil: undefined });
    // Twelve digits at least make a time in milliseconds: from September 2001 on.
    const recent = fc.option(fc.integer({ min: 1_000_000_000, max: 99_999_999_999 }), { nil: undefined });

    it('is the one that the first of them says: the informational cookie, the policy, the token', () => {
      holds(
        fc.property(recent, seconds, seconds, (informational, policy, token) => {
          const cookies = new Map<string, string>();
          if (token !== undefined) cookies.set('_strava_idcf', identityToken({ exp: token }));
          if (policy !== undefined) cookies.set('CloudFront-Policy', policyCookie(policy * 1000));
          if (informational !== undefined) cookies.set(EXPIRES_COOKIE, `${informational}000`);
          const said = informational ?? policy ?? token;
          expect(expiryOf(cookies, NOW)).toBe(said === undefined ? NOW + HOUR : said * 1000);
        }),
      );
    });
  });
});
