import { describe, expect, it } from '@jest/globals';
import { chooseCookies } from '../../../src/strava-cookies/choose-cookies.js';
import type { CookieEntry } from '../../../src/strava-cookies/cookie-file.js';
import { OTHER_RESOURCE, signedSet, TILES_URL } from '../support/signed-cookies.js';

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
