import { describe, expect, it } from '@jest/globals';
import { CookieSigner, decodeFromCookie, encodeForCookie } from './signed-cookies.js';

const NOW = Date.UTC(2026, 0, 15);
const TOMORROW = NOW / 1000 + 86_400;
const TILE = 'http://127.0.0.1:8000/identified/globalheat/all/hot/1/0/0.png?v=19';

const signer = new CookieSigner();

/** Valid cookies, some of them replaced. */
function cookies(replaced: Record<string, string> = {}): Map<string, string> {
  return new Map(Object.entries({ ...signer.issue('http://127.0.0.1:8000/*', TOMORROW), ...replaced }));
}

function policy(text: string): Record<string, string> {
  return { 'CloudFront-Policy': encodeForCookie(Buffer.from(text)) };
}

describe('signed cookies', () => {
  it('give access to their resource until they expire', () => {
    expect(signer.refusal(cookies(), TILE, NOW)).toBeUndefined();
    expect(signer.refusal(cookies(), TILE, TOMORROW * 1000 - 1)).toBeUndefined();
    expect(signer.refusal(cookies(), TILE, TOMORROW * 1000)).toBe('AccessDenied');
  });

  it('use the base64 alphabet of CloudFront', () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x01]);
    expect(encodeForCookie(bytes)).toBe('-~~-AQ__');
    expect(decodeFromCookie('-~~-AQ__')).toEqual(bytes);
  });

  it('contain the policy as compact JSON', () => {
    const text = decodeFromCookie(cookies().get('CloudFront-Policy') ?? '').toString();
    expect(text).toBe(
      '{"Statement":[{"Resource":"http://127.0.0.1:8000/*",' +
        `"Condition":{"DateLessThan":{"AWS:EpochTime":${TOMORROW}}}}]}`,
    );
  });

  it('are refused when the policy has been changed to a later expiry', () => {
    const changed = decodeFromCookie(cookies().get('CloudFront-Policy') ?? '')
      .toString()
      .replace(String(TOMORROW), String(TOMORROW + 86_400));
    expect(signer.refusal(cookies(policy(changed)), TILE, NOW)).toBe('AccessDenied');
  });

  it('are refused with the signature of other cookies', () => {
    const foreign = signer.issue('http://example.com/*', TOMORROW)['CloudFront-Signature'] ?? '';
    expect(signer.refusal(cookies({ 'CloudFront-Signature': foreign }), TILE, NOW)).toBe('AccessDenied');
  });

  it('are refused on another host', () => {
    expect(signer.refusal(cookies(), TILE.replace('8000', '8001'), NOW)).toBe('AccessDenied');
  });

  it.each(['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature'])(
    'are refused as MissingKey without %s',
    (name) => {
      const some = cookies();
      some.delete(name);
      expect(signer.refusal(some, TILE, NOW)).toBe('MissingKey');
      expect(signer.refusal(cookies({ [name]: '' }), TILE, NOW)).toBe('MissingKey');
    },
  );

  it.each(['no JSON', '{}', '{"Statement":[]}', '{"Statement":[{"Resource":"*"}]}'])(
    'are refused as MalformedPolicy with the policy %s',
    (text) => {
      expect(signer.refusal(cookies(policy(text)), TILE, NOW)).toBe('MalformedPolicy');
    },
  );

  it('are refused as InvalidKey with an unknown or revoked key pair', () => {
    const other = new CookieSigner();
    const old = new Map(Object.entries(other.issue('*', TOMORROW)));
    expect(signer.refusal(old, TILE, NOW)).toBe('InvalidKey');
    expect(other.refusal(old, TILE, NOW)).toBeUndefined();
    other.revoke();
    expect(other.refusal(old, TILE, NOW)).toBe('InvalidKey');
    expect(other.refusal(new Map(Object.entries(other.issue('*', TOMORROW))), TILE, NOW)).toBeUndefined();
  });
});
