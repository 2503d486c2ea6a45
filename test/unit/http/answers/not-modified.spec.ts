import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { matchesEtag } from '../../../../src/http/answers/not-modified.js';
import { oddText } from '../../../support/properties/arbitraries.js';
import { holds } from '../../../support/properties/holds.js';

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
