import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../../src/strava-cookies/cookie-names.js';
import { isCookieValue, signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { LEAK, oddText, secretText } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { signedSet } from '../../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const end = now + 86_400_000;
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
});
