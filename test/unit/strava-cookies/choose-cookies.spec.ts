import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { chooseCookies } from '../../../src/strava-cookies/choose-cookies.js';
import type { CookieEntry } from '../../../src/strava-cookies/cookie-file/cookie-entry.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../../src/strava-cookies/cookie-names.js';
import { isCookieValue } from '../../../src/strava-cookies/cookie-value.js';
import { edited, epochSeconds, oddText } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { OTHER_RESOURCE, policyCookie, signedSet, TILES_URL } from '../../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;

const entries = (...sets: Record<string, string>[]): CookieEntry[] =>
  sets.flatMap((set) => Object.entries(set)).map(([name, value]) => ({ name, value, rest: {} }));
const choose = (...sets: Record<string, string>[]) => chooseCookies(entries(...sets), TILES_URL, now);
/** The mark of the set that was chosen. */
const chosen = (...sets: Record<string, string>[]) => {
  const values = choose(...sets).signed?.values;
  return values && [...values].map(([, value]) => value.reveal()).filter((value) => !value.startsWith('ey'));
};
const marks = (mark: string) => [`K${mark}`, `signature-${mark}`, `token-${mark}`];

const tiles = (mark: string, hours: number) => signedSet(mark, now + hours * HOUR);
const other = (mark: string, hours: number) => signedSet(mark, now + hours * HOUR, OTHER_RESOURCE);

describe('out of a cookie file', () => {
  it('the session and the set of signed cookies are taken', () => {
    const { session, signed } = choose({ unrelated: 'x', _strava4_session: 'session' }, tiles('1', 20));
    expect(session?.reveal()).toBe('session');
    expect(signed?.expiresAt).toBe(now + 20 * HOUR);
  });

  it('a session alone is enough, and so are signed cookies alone', () => {
    expect(choose({ _strava4_session: 'session' }).signed).toBeUndefined();
    expect(choose(tiles('1', 20)).session).toBeUndefined();
    expect(choose()).toEqual({ session: undefined, signed: undefined });
  });

  it('the first session counts that can be sent', () => {
    const found = choose(
      { _strava4_session: '' },
      { _strava4_session: 'real' },
      { _strava4_session: 'second' },
    );
    expect(found.session?.reveal()).toBe('real');
  });

  it('the set whose policy opens the tile host is told from one for another host, wherever it stands', () => {
    expect(chosen(other('1', 20), tiles('2', 10))).toEqual(expect.arrayContaining(marks('2')));
    expect(chosen(tiles('1', 10), other('2', 20))).toEqual(expect.arrayContaining(marks('1')));
  });

  it('sets that are mixed up by name are put together again by their order', () => {
    const first = Object.entries(other('1', 20));
    const second = Object.entries(tiles('2', 10));
    const byName = first.flatMap(([name, value], i) => [{ [name]: value }, { [name]: second[i]![1] }]);
    expect(chosen(...byName)).toEqual(expect.arrayContaining(marks('2')));
  });

  it('of two sets for the tile host, the one that lasts longest is taken', () => {
    expect(chosen(tiles('1', 10), tiles('2', 20))).toEqual(expect.arrayContaining(marks('2')));
    expect(chosen(tiles('1', 20), tiles('2', 10))).toEqual(expect.arrayContaining(marks('1')));
  });

  it('a token that stands once belongs to every set', () => {
    const { _strava_idcf: _left, ...second } = tiles('2', 20);
    expect(chosen(tiles('1', 10), second)).toEqual(expect.arrayContaining(['K2', 'signature-2', 'token-1']));
  });

  it('none is taken when all are for other hosts: the session gets a fresh one', () => {
    const found = choose({ _strava4_session: 'session' }, other('1', 20), other('2', 30));
    expect([found.session?.reveal(), found.signed]).toEqual(['session', undefined]);
  });

  describe('with domains and expiry', () => {
    const cookie = (name: string, value: string, domain?: string, hours?: number): CookieEntry => ({
      name,
      value,
      rest: {
        ...(domain !== undefined && { domain }),
        ...(hours !== undefined && { expirationDate: (now + hours * HOUR) / 1000 }),
      },
    });
    const set = (mark: string, domain: string, hours = 20) =>
      Object.entries(signedSet(mark, now + hours * HOUR)).map(([name, value]) =>
        cookie(name, value, domain, hours),
      );
    const session = (value: string, domain?: string, hours?: number) =>
      cookie('_strava4_session', value, domain, hours);
    const sessions = (...found: CookieEntry[]) => {
      const { session: first, otherSessions = [] } = chooseCookies(found, TILES_URL, now);
      return [first, ...otherSessions].map((each) => each?.reveal());
    };
    const mark = (...found: CookieEntry[]) =>
      chooseCookies(found, TILES_URL, now).signed?.values.get('CloudFront-Key-Pair-Id')?.reveal();

    it("another site's cookies of CloudFront do not mix with Strava's", () => {
      const foreign = set('9', '.example.org', 40);
      expect(mark(...foreign, ...set('1', '.strava.com'))).toBe('K1');
      expect(mark(foreign[0]!, ...set('1', '.strava.com'))).toBe('K1');
      expect(mark(...foreign)).toBeUndefined();
      expect(mark(...set('9', '.notstrava.com'))).toBeUndefined();
      expect(mark(...set('9', '.strava.com.example.org'))).toBeUndefined();
    });

    it('a leftover of another subdomain does not shift the set', () => {
      const [leftover] = set('9', 'www.strava.com', -5);
      expect(mark(leftover!, ...set('1', '.strava.com'))).toBe('K1');
    });

    it('a set may have cookies of several subdomains', () => {
      const [token, ...others] = set('1', '.strava.com').toReversed();
      expect(mark({ ...token!, rest: { domain: 'www.strava.com' } }, ...others)).toBe('K1');
    });

    it('cookies of the host of the tiles count, whatever its name', () => {
      const cookies = set('1', new URL(TILES_URL).hostname);
      expect(mark(...cookies)).toBe('K1');
    });

    it('an expired session comes after the others', () => {
      expect(sessions(session('old', 'www.strava.com', -1), session('good', '.strava.com', 100))).toEqual([
        'good',
        'old',
      ]);
    });

    it('each session counts once, and three at most', () => {
      const found = ['a', 'b', 'a', 'c', 'd'].map((value) => session(value));
      expect(sessions(...found)).toEqual(['a', 'b', 'c']);
    });

    it('a session of another site is never used', () => {
      expect(sessions(session('foreign', 'example.org'), session('good', 'https://www.strava.com/'))).toEqual(
        ['good'],
      );
      expect(sessions(session('foreign', 'example.org'))).toEqual([undefined]);
    });
  });

  it('none is taken when a cookie is missing or was deleted', () => {
    expect(choose({ ...tiles('1', 20), 'CloudFront-Signature': '' }).signed).toBeUndefined();
  });

  it.each([
    ['https://content-a.strava.com/*', true],
    ['https://content-a.strava.com/identified/globalheat/*', true],
    ['https://*.strava.com/*', true],
    ['https://content-*.strava.com/*', true],
    ['http*://content-a.strava.com/*', true],
    ['*://content-a.strava.com/*', true],
    ['*', true],
    ['https://*/*', true],
    ['https://content-b.strava.com/*', false],
    ['https://content-a.strava.com.evil.example/*', false],
    ['https://strava.com/*', false],
    ['https://*.example/*', false],
  ])('a policy for %s is good for the tile host: %s', (resource, good) => {
    expect(choose(signedSet('1', now + HOUR, resource)).signed !== undefined).toBe(good);
  });

  it('a dot in a policy is a dot', () => {
    const set = entries(signedSet('1', now + HOUR, 'https://content-a.strava.com/*'));
    expect(chooseCookies(set, 'https://content-a-strava.com', now).signed).toBeUndefined();
  });

  it('a policy with "?", which stands for any one character, is good for the tile host too', () => {
    expect(choose(signedSet('1', now + HOUR, 'https://content-?.strava.com/*')).signed).toBeDefined();
  });

  it('a policy that cannot be read may be good, and the tile host will tell', () => {
    expect(choose({ ...tiles('1', 20), 'CloudFront-Policy': 'opaque' }).signed?.expiresAt).toBe(now + HOUR);
  });
});

describe('properties', () => {
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
    const plausible = fc.integer({ min: 0, max: NOW / 1000 + 30 * 86_400 });
    const set = fc.record({ resource: fc.constantFrom(...OPENING, ...CLOSED), seconds: plausible });

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
});
