import { describe, expect, it } from '@jest/globals';
import { signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { supersedes } from '../../../src/strava-cookies/supersedes.js';
import { signedSet } from '../../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const set = (mark: string, hours: number) =>
  signedCookiesOf(new Map(Object.entries(signedSet(mark, now + hours * 3_600_000))), now)!;
const current = set('current', 10);

describe('signed cookies supersede others', () => {
  it.each([
    ['another set that expires later', set('other', 11), current, true, true],
    ['another set with the same expiry', set('other', 10), current, false, true],
    ['another set that expires earlier', set('other', 9), current, false, false],
    ['the same set', set('current', 10), current, false, false],
    [
      'the same set with a later expiry',
      { ...current, expiresAt: current.expiresAt + 1 },
      current,
      false,
      false,
    ],
    ['a set, where there is none', set('other', -1), undefined, true, true],
    ['no set', undefined, current, false, false],
    ['no set, where there is none', undefined, undefined, false, false],
  ])('%s', (_name, candidate, present, byDefault, withSameExpiry) => {
    expect(supersedes(candidate, present)).toBe(byDefault);
    expect(supersedes(candidate, present, { withSameExpiry: true })).toBe(withSameExpiry);
  });
});
