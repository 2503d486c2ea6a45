import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { isCookieValue, signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { signedSet } from '../support/signed-cookies.js';

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
