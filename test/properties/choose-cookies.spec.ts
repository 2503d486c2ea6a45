import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { chooseCookies } from '../../src/strava-cookies/choose-cookies.js';
import type { CookieEntry } from '../../src/strava-cookies/cookie-file.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../src/strava-cookies/cookie-names.js';
import { isCookieValue } from '../../src/strava-cookies/signed-cookies.js';
import { OTHER_RESOURCE, policyCookie, signedSet, TILES_URL } from '../unit/support/signed-cookies.js';
import { edited, epochSeconds, oddText } from './arbitraries.js';
import { holds } from './holds.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const entry = (name: string, value: string): CookieEntry => ({ name, value, rest: {} });

/** Resources of policies, and whether they open the tile host. */
const OPENING = [
  'https://content-a.strava.com/*',
  'http*://content-?.strava.com/*',
  'https://*.strava.com/identified/*',
  '*://content-*/*',
  'https://*/*',
  '*',
];
const CLOSED = [
  OTHER_RESOURCE,
  'https://content-b.strava.com/*',
  'https://strava.com/*',
  'https://content-a.strava.com.example/*',
  'https://*.example/*',
  'https://content-a?strava/*',
  'https://content.a*/*',
];

describe('any entries', () => {
  const resource = fc.oneof(
    fc.constantFrom(...OPENING, ...CLOSED),
    edited(fc.constantFrom(...OPENING)),
    oddText(),
  );
  const policy = fc
    .record({ seconds: epochSeconds, resource })
    .map((said) => policyCookie(said.seconds * 1000, said.resource));
  const someEntry = fc.oneof(
    policy.map((value) => entry('CloudFront-Policy', value)),
    fc
      .record({
        name: fc.constantFrom(...SIGNED_COOKIES, SESSION_COOKIE, EXPIRES_COOKIE, 'other'),
        value: fc.oneof(fc.stringMatching(/^[a-z0-9]{1,8}$/), oddText(6)),
      })
      .map(({ name, value }) => entry(name, value)),
  );

  it('give values that stood under their names, the first session that can be sent, and an end that can be said', () => {
    holds(
      fc.property(fc.array(someEntry, { maxLength: 30 }), (entries) => {
        const { session, signed } = chooseCookies(entries, TILES_URL, NOW);
        const valuesOf = (wanted: string) =>
          entries
            .filter(({ name, value }) => name === wanted && isCookieValue(value))
            .map(({ value }) => value);
        expect(session?.reveal()).toBe(valuesOf(SESSION_COOKIE)[0]);
        if (!signed) return;
        expect(Number.isNaN(new Date(signed.expiresAt).getTime())).toBe(false);
        for (const name of SIGNED_COOKIES) expect(signed.values.has(name)).toBe(true);
        for (const [name, value] of signed.values) expect(valuesOf(name)).toContain(value.reveal());
      }),
      500,
    );
  });
});

describe('of any number of sets', () => {
  const set = fc.record({ resource: fc.constantFrom(...OPENING, ...CLOSED), seconds: epochSeconds });

  it('the one is taken that opens the tile host and lasts longest', () => {
    holds(
      fc.property(fc.array(set, { maxLength: 5 }), fc.boolean(), (sets, byName) => {
        const found = sets.flatMap(({ resource, seconds }, index) =>
          Object.entries(signedSet(`${index}`, seconds * 1000, resource)).map(([name, value]) =>
            entry(name, value),
          ),
        );
        // An exporter may sort by name: the order within a name stays.
        const entries = byName ? found.toSorted((a, b) => a.name.localeCompare(b.name)) : found;
        const { signed } = chooseCookies(entries, TILES_URL, NOW);
        const fitting = sets
          .filter(({ resource }) => OPENING.includes(resource))
          .map(({ seconds }) => seconds * 1000);
        expect(signed?.expiresAt).toBe(fitting.length > 0 ? Math.max(...fitting) : undefined);
        if (!signed) return;
        const mark = signed.values.get('_strava_idcf')!.reveal().replace('token-', '');
        expect(sets[Number(mark)]!.seconds * 1000).toBe(signed.expiresAt);
        expect(OPENING).toContain(sets[Number(mark)]!.resource);
        expect(signed.header.reveal()).toBe(
          SIGNED_COOKIES.map(
            (name) => `${name}=${signedSet(mark, signed.expiresAt, sets[Number(mark)]!.resource)[name]}`,
          ).join('; '),
        );
      }),
    );
  });
});

describe('the resource of a policy', () => {
  const opens = (resource: string, host: string) =>
    chooseCookies(
      Object.entries(signedSet('1', NOW, resource)).map(([name, value]) => entry(name, value)),
      `https://${host}`,
      NOW,
    ).signed !== undefined;

  it('opens each host that it was made from, by leaving letters out', () => {
    const letter = fc.record({
      letter: fc.constantFrom('a', 'b', 'c', '-', '1'),
      hidden: fc.constantFrom('', '?', '*', '**'),
    });
    holds(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 20 }), (letters) => {
        const host = `${letters.map((one) => one.letter).join('')}.strava.com`;
        fc.pre(URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host);
        const pattern = letters.map((one) => one.hidden || one.letter).join('');
        expect(opens(`https://${pattern}.strava.com/*`, host)).toBe(true);
        expect(opens(`https://${pattern}.strava.org/*`, host)).toBe(false);
        expect(opens(`https://${pattern}x.strava.com/*`, host)).toBe(false);
      }),
    );
  });

  it('is judged at once, however many stars it has', () => {
    const part = fc.constantFrom('*', '*', '*', '**', '*?', '?*');
    holds(
      fc.property(fc.array(part, { minLength: 11, maxLength: 11 }), (parts) => {
        const start = performance.now();
        expect(opens(`https://${parts.join('')}!/*`, 'content-a.strava.com')).toBe(false);
        // A backtracking match takes a second and more.
        expect(performance.now() - start).toBeLessThan(250);
      }),
      30,
    );
  });
});
