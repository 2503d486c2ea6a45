import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from '@jest/globals';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../src/strava-cookies/cookie-names.js';
import { isCookieValue, signedCookiesOf } from '../../src/strava-cookies/signed-cookies.js';
import { LEAK, oddText, secretText } from './arbitraries.js';
import { holds } from './holds.js';

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
      expect(`${inspect(signed, { depth: 5, showHidden: true })}${JSON.stringify(signed)}`).not.toMatch(LEAK);
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
