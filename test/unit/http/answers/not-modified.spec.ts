import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { httpDate, isNotModified } from '../../../../src/http/answers/not-modified.js';
import { oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';

const matchesEtag = (header: string | undefined, etag: string) =>
  isNotModified({ 'if-none-match': header }, { etag });

describe('If-Modified-Since', () => {
  const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const tile = { etag: '"abc"', lastModified: MODIFIED };
  const since = (date: string, others: Record<string, string> = {}) =>
    isNotModified({ 'if-modified-since': date, ...others }, tile);

  it.each([
    MODIFIED,
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun, 06 Nov 1994 08:49:38 GMT',
    'Mon, 07 Nov 1994 08:49:37 GMT',
    'Sat, 01 Jan 2050 00:00:00 GMT',
    ` ${MODIFIED} `,
  ])('of %j has the tile already', (date) => {
    expect(since(date)).toBe(true);
  });

  it.each([
    'Sun, 06 Nov 1994 08:49:36 GMT',
    'Saturday, 05-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:36 1994',
    '',
    'yesterday',
    '1994-11-07T00:00:00Z',
    '2050',
    '999999999999',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Thu, 31 Feb 2050 00:00:00 GMT',
    'Sat, 01 Jan 2050 25:00:00 GMT',
    `${MODIFIED}, ${MODIFIED}`,
  ])('of %j has not', (date) => {
    expect(since(date)).toBe(false);
  });

  it('does not count beside If-None-Match', () => {
    expect(since(MODIFIED, { 'if-none-match': '"other"' })).toBe(false);
    expect(since(MODIFIED, { 'if-none-match': '' })).toBe(false);
    expect(since('Sun, 06 Nov 1980 08:49:37 GMT', { 'if-none-match': 'W/"abc"' })).toBe(true);
  });

  it('does not count without Last-Modified, or with one that is no date', () => {
    for (const lastModified of [undefined, '', 'recently'])
      expect(isNotModified({ 'if-modified-since': MODIFIED }, { etag: '"abc"', lastModified })).toBe(false);
  });

  it('reads a year of two digits as one of the last 50 or the next 50', () => {
    const year = new Date().getUTCFullYear();
    const short = (full: number) => String(full % 100).padStart(2, '0');
    for (const full of [year, year + 49, year - 49])
      expect(new Date(httpDate(`Sunday, 06-Nov-${short(full)} 08:49:37 GMT`)).getUTCFullYear()).toBe(full);
  });
});

describe('If-None-Match', () => {
  it.each(['"abc"', ' "abc" ', 'W/"abc"', '"x", "abc"', '"x",W/"abc","y"', '*', ' * '])(
    'of %j names "abc"',
    (header) => {
      expect(matchesEtag(header, '"abc"')).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    '""',
    '"ab"',
    '"abcd"',
    '"ABC"',
    'abc',
    'w/"abc"',
    '"x", "y"',
    '"*"',
    '"abc-gzip"',
  ])('of %j does not', (header) => {
    expect(matchesEtag(header, '"abc"')).toBe(false);
  });
});

describe('properties', () => {
  const etag = fc.stringMatching(/^"[A-Za-z0-9_-]{1,27}(-gzip)?"$/);
  const blank = fc.constantFrom('', ' ', '\t');

  it('a list of tags names a tag if it is one of them, weak or strong, and any other text names none', () => {
    const item = fc.record({ tag: etag, weak: fc.boolean(), before: blank, after: blank });
    holds(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), etag, (items, other) => {
        const header = items
          .map(({ tag, weak, before, after }) => `${before}${weak ? 'W/' : ''}${tag}${after}`)
          .join(',');
        for (const { tag } of items) expect(matchesEtag(header, tag)).toBe(true);
        expect(matchesEtag(header, other)).toBe(items.some(({ tag }) => tag === other));
      }),
    );
  });

  it('any text that does not hold the tag, and is no star, names it not', () => {
    holds(
      fc.property(
        fc.oneof(
          oddText(),
          etag.map((tag) => tag.replaceAll('"', '')),
        ),
        etag,
        (header, tag) => {
          fc.pre(!header.includes(tag) && header.trim() !== '*');
          expect(matchesEtag(header, tag)).toBe(false);
        },
      ),
    );
  });

  it('a star names every tag, and no header none', () => {
    holds(
      fc.property(etag, blank, (tag, around) => {
        expect(matchesEtag(`${around}*${around}`, tag)).toBe(true);
        expect(matchesEtag(undefined, tag)).toBe(false);
      }),
      50,
    );
  });
});
