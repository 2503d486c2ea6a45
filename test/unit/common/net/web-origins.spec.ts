import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { normalOrigin, WebOrigins } from '../../../../src/common/net/web-origins.js';
import { oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';

describe('a web origin', () => {
  it.each([
    ['https://gpx.studio', 'https://gpx.studio'],
    ['https://GPX.studio', 'https://gpx.studio'],
    ['HTTPS://gpx.studio/', 'https://gpx.studio'],
    [' https://gpx.studio ', 'https://gpx.studio'],
    ['https://gpx.studio:443', 'https://gpx.studio'],
    ['http://gpx.studio:80/', 'http://gpx.studio'],
    ['https://gpx.studio:8443', 'https://gpx.studio:8443'],
    ['http://gpx.studio:443', 'http://gpx.studio:443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://192.168.1.20', 'http://192.168.1.20'],
    ['https://*.gpx.studio', 'https://*.gpx.studio'],
    ['https://*.GPX.studio:443/', 'https://*.gpx.studio'],
    ['https://*.bücher.example:8443', 'https://*.xn--bcher-kva.example:8443'],
  ])('%j is read as %s', (text, expected) => {
    expect(normalOrigin(text)).toBe(expected);
  });

  it.each([
    '',
    '*',
    'null',
    'gpx.studio',
    '*.gpx.studio',
    '//gpx.studio',
    'ftp://gpx.studio',
    'file:///',
    'chrome-extension://abc',
    'https://',
    'https:gpx.studio',
    'https://gpx.studio/app',
    'https://gpx.studio//',
    'https://gpx.studio?x',
    'https://gpx.studio#x',
    'https://user@gpx.studio',
    'https://user:canary@gpx.studio',
    '"https://gpx.studio"',
    'https://"gpx.studio"',
    'https://gpx.studio https://map.example',
    'https://gpx.studio:99999',
    'https://*',
    'https://*.studio',
    'https://*.localhost',
    'https://*.192.168.1.20',
    'https://*.[::1]',
    'https://gpx.*',
    'https://a*.gpx.studio',
    'https://*gpx.studio',
    'https://*.*.gpx.studio',
    'https://a.*.gpx.studio',
    'http://localhost:*',
    '*://gpx.studio',
    'https://gpx.studio\\@evil.example',
  ])('%j is none', (text) => {
    expect(normalOrigin(text)).toBeUndefined();
  });

  it('from any text is what a browser would send, or is refused', () => {
    holds(
      fc.property(
        fc.oneof(
          oddText(),
          fc.webUrl(),
          fc.webAuthority().map((host) => `https://${host}`),
        ),
        (text) => {
          const origin = normalOrigin(text);
          if (origin === undefined || origin.includes('*')) return;
          expect(origin).toBe(new URL(origin).origin);
          expect(new WebOrigins([origin]).includes(origin)).toBe(true);
        },
      ),
      1000,
    );
  });
});

describe('a list of web origins', () => {
  const origins = new WebOrigins(['https://map.example', 'https://*.gpx.studio', 'http://*.local.test:3000']);

  it.each([
    'https://map.example',
    'https://a.gpx.studio',
    'https://a.b-c.gpx.studio',
    'https://x_1.gpx.studio',
    'http://dev.local.test:3000',
  ])('has %s', (origin) => {
    expect(origins.includes(origin)).toBe(true);
  });

  it.each([
    '',
    'null',
    'https://gpx.studio',
    'https://.gpx.studio',
    'https://a..gpx.studio',
    'https://evilgpx.studio',
    'https://a.gpxxstudio',
    'https://a.gpx.studio.evil.example',
    'https://evil.example/.gpx.studio',
    'https://evil.example#.gpx.studio',
    'https://user@a.gpx.studio',
    'https://a.gpx.studio\nx',
    'https://a.gpx.studio:8443',
    'http://a.gpx.studio',
    'http://dev.local.test',
    'https://*.gpx.studio',
    'https://sub.map.example',
    'HTTPS://a.gpx.studio',
  ])('does not have %j', (origin) => {
    expect(origins.includes(origin)).toBe(false);
  });
});
