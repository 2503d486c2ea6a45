import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { readPolicy } from '../../../src/strava-cookies/cloudfront-policy.js';
import { edited, epochSeconds, oddText, wellFormed } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { cloudFrontBase64, policyCookie } from '../../support/signed-cookies.js';

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

describe('properties', () => {
  const resource = fc.oneof(
    fc.webUrl().map((url) => `${url}*`),
    fc.constantFrom('*', 'http*://*', ''),
    oddText().map(wellFormed),
  );

  /** Undefined, or a policy whose end a Date can hold: it is said in the log and at /health. */
  function expectPolicyOrNone(cookie: string): void {
    const policy = readPolicy(cookie);
    if (!policy) return;
    expect(Number.isNaN(new Date(policy.expiresAt).getTime())).toBe(false);
    expect(['string', 'undefined']).toContain(typeof policy.resource);
  }

  describe('a policy', () => {
    it('is read as it was signed: any resource, any time', () => {
      holds(
        fc.property(resource, epochSeconds, (opened, seconds) => {
          expect(readPolicy(policyCookie(seconds * 1000, opened))).toEqual({
            resource: opened,
            expiresAt: seconds * 1000,
          });
        }),
      );
    });

    it('is read with whatever else it says: further conditions, further statements', () => {
      const statement = fc.record({
        Resource: resource,
        Condition: fc.record({
          DateLessThan: epochSeconds.map((seconds) => ({ 'AWS:EpochTime': seconds })),
          IpAddress: fc.option(fc.ipV4().map((ip) => ({ 'AWS:SourceIp': ip }))),
        }),
        Sid: oddText(),
      });
      holds(
        fc.property(
          fc.array(statement, { minLength: 1, maxLength: 3 }),
          fc.constantFrom(0, 2),
          (all, indent) => {
            const [{ Resource, Condition }] = all as [(typeof all)[number]];
            expect(readPolicy(cloudFrontBase64(JSON.stringify({ Statement: all }, null, indent)))).toEqual({
              resource: wellFormed(Resource),
              expiresAt: Condition.DateLessThan['AWS:EpochTime'] * 1000,
            });
          },
        ),
        100,
      );
    });
  });

  describe('is a policy with an end that can be said, or none:', () => {
    it('any text', () => {
      holds(
        fc.property(
          fc.oneof(oddText(60), fc.base64String(), fc.json().map(cloudFrontBase64)),
          expectPolicyOrNone,
        ),
        500,
      );
    });

    it('a policy with some letters of it wrong', () => {
      const json = fc.record({ resource, seconds: epochSeconds }).map(({ resource: Resource, seconds }) =>
        JSON.stringify({
          Statement: [{ Resource, Condition: { DateLessThan: { 'AWS:EpochTime': seconds } } }],
        }),
      );
      holds(
        fc.property(
          fc.oneof(edited(json).map(cloudFrontBase64), edited(json.map(cloudFrontBase64))),
          expectPolicyOrNone,
        ),
        500,
      );
    });

    it('a policy with any number as its end', () => {
      const number = fc.oneof(
        fc.double({ noNaN: true }),
        fc.maxSafeInteger(),
        fc.constantFrom(8.64e12, 8.64e12 + 1, 1e300, -1),
      );
      holds(fc.property(number, (seconds) => expectPolicyOrNone(policyCookie(seconds * 1000))));
    });
  });
});
