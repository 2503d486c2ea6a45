import { describe, expect, it } from '@jest/globals';
import { readPolicy } from '../../../src/strava-cookies/cloudfront-policy.js';
import { cloudFrontBase64, policyCookie } from '../support/signed-cookies.js';

const at = Date.parse('2026-06-02T00:00:00Z');

describe('a CloudFront policy', () => {
  it('tells its resource and its end in milliseconds', () => {
    expect(readPolicy(policyCookie(at, 'https://content-a.strava.com/*'))).toEqual({
      resource: 'https://content-a.strava.com/*',
      expiresAt: at,
    });
  });

  it('is read with each of the three letters that CloudFront writes otherwise', () => {
    // The bytes of "???>>>" give "/" and "+" in base64, and the length gives "=".
    const resource = 'https://h/????>>>>~~~~';
    const seen = new Set<string>();
    for (const padding of ['', 'x', 'xx', 'xxx']) {
      const cookie = policyCookie(at, resource + padding);
      for (const letter of cookie.match(/[-_~]/g) ?? []) seen.add(letter);
      expect(cookie).not.toMatch(/[+=/]/);
      expect(readPolicy(cookie)?.resource).toBe(resource + padding);
    }
    expect([...seen].sort()).toEqual(['-', '_', '~']);
  });

  it('may leave the resource out', () => {
    const text = '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1}}}]}';
    expect(readPolicy(cloudFrontBase64(text))).toEqual({ resource: undefined, expiresAt: 1000 });
  });

  it.each([
    ['nothing', ''],
    ['no base64', '!!!'],
    ['no JSON', cloudFrontBase64('policy')],
    ['no object', cloudFrontBase64('null')],
    ['no statement', cloudFrontBase64('{"Statement":[]}')],
    ['no condition', cloudFrontBase64('{"Statement":[{"Resource":"*"}]}')],
    [
      'a time in words',
      cloudFrontBase64('{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":"soon"}}}]}'),
    ],
  ])('is none when it is %s', (_name, cookie) => {
    expect(readPolicy(cookie)).toBeUndefined();
  });
});
