import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../../src/strava-cookies/cookie-names.js';
import { isCookieValue } from '../../../src/strava-cookies/cookie-value.js';
import { expiryOf, signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import {
  edited,
  epochSeconds,
  LEAK,
  numberText,
  oddText,
  secretText,
} from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { identityToken, policyCookie, signedSet } from '../../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;
const end = now + 24 * HOUR;
const set = signedSet('canary', end);
const signed = (cookies: Record<string, string>) => signedCookiesOf(new Map(Object.entries(cookies)), now);

describe('signed cookies', () => {
  it('make a header of the four that a tile needs, and of nothing else', () => {
    const { header } = signed({
      _strava4_session: 'session',
      '_strava_CloudFront-Expires': String(end),
      unrelated: 'x',
      ...set,
    })!;
    expect(header.reveal()).toBe(
      `CloudFront-Key-Pair-Id=Kcanary; CloudFront-Policy=${set['CloudFront-Policy']}; ` +
        'CloudFront-Signature=signature-canary; _strava_idcf=token-canary',
    );
  });

  it('are kept with their expiry cookie, for the store', () => {
    const { values, expiresAt } = signed({ ...set, '_strava_CloudFront-Expires': String(end + 5), x: 'y' })!;
    expect([...values].map(([name, value]) => [name, value.reveal()])).toEqual([
      ...Object.entries(set),
      ['_strava_CloudFront-Expires', String(end + 5)],
    ]);
    expect(expiresAt).toBe(end + 5);
  });

  it.each(Object.keys(set))('are none without %s, or with one that does not fit a header', (name) => {
    const { [name]: _left, ...rest } = set;
    expect(signed(rest)).toBeUndefined();
    expect(signed({ ...set, [name]: '' })).toBeUndefined();
    expect(signed({ ...set, [name]: 'a; _strava4_session=b' })).toBeUndefined();
  });

  it('do not show themselves', () => {
    expect(inspect(signed(set), { depth: null, showHidden: true })).not.toContain('canary');
    expect(JSON.stringify(signed(set))).not.toContain('canary');
  });
});

describe('a cookie value', () => {
  it.each(['a', '%2B', 'a=b==', '"quoted"', 'a,b', "~!#$&'()*+-./:<>?@[]^_`{|}"])('may be %s', (value) => {
    expect(isCookieValue(value)).toBe(true);
  });

  it.each([undefined, '', ' ', 'a b', 'a;b', 'a\r\nSet-Cookie: b', 'a\n', 'a\tb', '\0', 'é', '\x7f'])(
    'may not be %j, which would break out of its header',
    (value) => {
      expect(isCookieValue(value)).toBe(false);
    },
  );
});

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

describe('an expiry more than 30 days ahead', () => {
  const in5138 = '99999999999999';

  it('is not believed: the next source counts, and without one the cookies last for 30 days', () => {
    expect(hoursLeft({ ...token, ...policy, '_strava_CloudFront-Expires': in5138 })).toBe(20);
    expect(hoursLeft({ ...token, 'CloudFront-Policy': policyCookie(now + 721 * HOUR) })).toBe(30);
    expect(hoursLeft({ '_strava_CloudFront-Expires': in5138 })).toBe(720);
    expect(hoursLeft({ _strava_idcf: identityToken({ exp: 8.64e12 }) })).toBe(720);
    expect(hoursLeft({ 'CloudFront-Policy': policyCookie(now + 720 * HOUR) })).toBe(720);
  });

  it('is known of the set, for the log', () => {
    expect(signed({ ...set, '_strava_CloudFront-Expires': in5138 })).toMatchObject({
      expiresAt: end,
      isExpiryImplausible: true,
    });
    expect(signed(set)).not.toHaveProperty('isExpiryImplausible');
  });
});

describe('properties', () => {
  const NOW = Date.parse('2026-06-01T00:00:00Z');
  const value = fc.oneof(
    { arbitrary: secretText(), weight: 12 },
    oddText(6),
    fc
      .tuple(secretText(0, 4), fc.oneof(oddText(1), fc.constantFrom(' ', ';', ',')), secretText(0, 4))
      .map((parts) => parts.join('')),
  );

  it('any cookies make a header of the four and of nothing else, or none, and do not show themselves', () => {
    const names = [...SIGNED_COOKIES, EXPIRES_COOKIE, SESSION_COOKIE, 'other'];
    const cookies = fc.record(Object.fromEntries(names.map((name) => [name, value])), {
      requiredKeys: SIGNED_COOKIES.slice(0, 3),
    });
    holds(
      fc.property(cookies, (found) => {
        const map = new Map(Object.entries(found) as [string, string][]);
        const signed = signedCookiesOf(map, NOW);
        // A blank, a semicolon or a line break would make one cookie into two, or one header into two.
        const sendable = SIGNED_COOKIES.every((name) => /^[!-:<-~]+$/.test(map.get(name) ?? ''));
        expect(signed !== undefined).toBe(sendable);
        if (!signed) return;
        const pairs = signed.header
          .reveal()
          .split('; ')
          .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
        expect(pairs).toEqual(SIGNED_COOKIES.map((name) => [name, map.get(name)]));
        for (const [name, kept] of signed.values) expect(kept.reveal()).toBe(map.get(name));
        expect(`${inspect(signed, { depth: 5, showHidden: true })}${JSON.stringify(signed)}`).not.toMatch(
          LEAK,
        );
      }),
      500,
    );
  });

  it('any text is a cookie value if none of its letters ends one', () => {
    holds(
      fc.property(fc.oneof(value, fc.string({ unit: 'binary' })), (text) => {
        const letters = text.split('');
        const fits =
          letters.length > 0 && letters.every((letter) => letter > ' ' && letter < '\x7f' && letter !== ';');
        expect(isCookieValue(text)).toBe(fits);
      }),
      500,
    );
  });

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

    it('is the first plausible one of the informational cookie, the policy and the token', () => {
      holds(
        fc.property(recent, seconds, seconds, (informational, policy, token) => {
          const cookies = new Map<string, string>();
          if (token !== undefined) cookies.set('_strava_idcf', identityToken({ exp: token }));
          if (policy !== undefined) cookies.set('CloudFront-Policy', policyCookie(policy * 1000));
          if (informational !== undefined) cookies.set(EXPIRES_COOKIE, `${informational}000`);
          const said = [informational, policy, token].filter((time) => time !== undefined);
          const plausible = said.find((time) => time * 1000 <= NOW + 720 * HOUR);
          const latest = said.length > 0 ? NOW + 720 * HOUR : NOW + HOUR;
          expect(expiryOf(cookies, NOW)).toBe(plausible === undefined ? latest : plausible * 1000);
        }),
      );
    });
  });
});
