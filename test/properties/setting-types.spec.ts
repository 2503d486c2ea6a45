import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { Secret } from '../../src/common/secret.js';
import * as kind from '../../src/config/setting-types.js';
import { isCookieValue } from '../../src/strava-cookies/signed-cookies.js';
import { edited, nearly, numberText, oddText, recased, secretText } from './arbitraries.js';
import { holds } from './holds.js';

/** The value, or undefined when it is refused; it is never anything but one of the two. */
const read = <T extends z.ZodType>(schema: T, value: unknown): z.output<T> | undefined =>
  schema.safeParse(value).data as z.output<T> | undefined;
const padded = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.constantFrom('', ' ', '\n'), text, fc.constantFrom('', '  ', '\n'))
    .map((parts) => parts.join(''));
/** What YAML may have in place of text. */
const native = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('a whole number', () => {
  const bounds = fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(100_000))
    .map(([min, width]) => [min, min + width] as const);

  it('is any within its bounds, as text or as itself', () => {
    holds(
      fc.property(bounds, fc.integer({ min: -2000, max: 110_000 }), ([min, max], number) => {
        const expected = number >= min && number <= max ? number : undefined;
        expect(read(kind.integer(min, max), number)).toBe(expected);
        expect(read(kind.integer(min, max), ` ${number}\n`)).toBe(expected);
      }),
    );
  });

  it('out of any text or value is a number within its bounds that is written there, or none', () => {
    holds(
      fc.property(bounds, fc.oneof(numberText, padded(numberText), native), ([min, max], value) => {
        const number = read(kind.integer(min, max), value);
        if (number === undefined) return;
        expect(Number.isSafeInteger(number) && number >= min && number <= max).toBe(true);
        expect(Number(value)).toBe(number);
        expect(`${value as string}`.trim()).toMatch(/^-?\d+$/);
      }),
      500,
    );
  });
});

describe('a size in bytes', () => {
  const UNITS = { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
  const unit = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));

  it('is a number times its unit, in any case and with a blank or without, and to the whole byte', () => {
    const number = fc.oneof(fc.nat(30_000).map(String), fc.stringMatching(/^\d{1,4}\.\d{1,3}$/));
    const named = unit.chain((name) => fc.tuple(fc.constant(name), recased(name)));
    holds(
      fc.property(number, named, fc.constantFrom('', ' '), (text, [name, written], blank) => {
        expect(read(kind.bytes(), `${text}${blank}${written}`)).toBe(Math.round(Number(text) * UNITS[name]));
      }),
    );
  });

  it('out of any text or value is a whole number that a cache may have, or none', () => {
    const text = fc.oneof(
      fc.tuple(numberText, fc.oneof(unit, oddText(3))).map((parts) => parts.join('')),
      fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), unit).map((parts) => parts.join('')),
      native,
    );
    holds(
      fc.property(text, (value) => {
        const size = read(kind.bytes(), value);
        if (size !== undefined) expect(Number.isInteger(size) && size >= 0 && size <= 2 ** 46).toBe(true);
      }),
      500,
    );
  });
});

it('a flag is said by eight words in any case, and by nothing else', () => {
  const WORDS: Readonly<Record<string, boolean>> = {
    true: true,
    1: true,
    yes: true,
    on: true,
    false: false,
    0: false,
    no: false,
    off: false,
  };
  holds(
    fc.property(fc.oneof(padded(nearly(...Object.keys(WORDS))), native), (value) => {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
      const expected = word !== undefined && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
      expect(read(kind.flag(), value)).toBe(typeof value === 'boolean' ? value : expected);
    }),
    500,
  );
});

it('a list is the same in YAML and as words with commas between them, and holds nothing that is not known', () => {
  const KNOWN = ['hot', 'blue', 'gray'] as const;
  const list = kind.list(kind.oneOf(KNOWN));
  holds(
    fc.property(
      fc.array(
        nearly(...KNOWN).map((word) => word.replaceAll(',', '').trim()),
        { maxLength: 4 },
      ),
      fc.constantFrom(',', ' , ', ',,'),
      (words, comma) => {
        const fits = words.every((word) => (KNOWN as readonly string[]).includes(word));
        expect(read(list, words)).toEqual(fits ? words : undefined);
        const named = words.filter(Boolean);
        expect(read(list, words.join(comma))).toEqual(
          named.every((word) => (KNOWN as readonly string[]).includes(word)) ? named : undefined,
        );
      },
    ),
  );
});

it('a path is any text, with the home folder for a tilde that stands alone', () => {
  holds(
    fc.property(
      fc.tuple(fc.constantFrom('', '~', '~/', '/', '~x'), oddText()).map((parts) => parts.join('')),
      (text) => {
        const found = read(kind.path(), text);
        const trimmed = text.trim();
        if (trimmed === '') expect(found).toBeUndefined();
        else if (trimmed === '~' || trimmed.startsWith('~/')) expect(isAbsolute(found!)).toBe(true);
        else expect(found).toBe(trimmed);
      },
    ),
  );
});

describe('an address', () => {
  const HOSTILE = [
    'user:pass@',
    '?key=1',
    '#x',
    ' ',
    '\\',
    '\n',
    '\0',
    '%',
    '{a-c}',
    '//',
    '@',
    'ftp://',
    'http:',
    '\x7f',
  ];
  const goodUrl = fc
    .record({
      scheme: fc.constantFrom('http', 'https', 'HTTPS'),
      host: fc.oneof(
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().map((ip) => `[${ip}]`),
      ),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
      path: fc.constantFrom('', '/', '/heat', '/a/b/'),
    })
    .map(({ scheme, host, port, path }) => `${scheme}://${host}${port === null ? '' : `:${port}`}${path}`);
  const anyUrl = fc.oneof(
    goodUrl,
    edited(goodUrl),
    fc.tuple(goodUrl, fc.constantFrom(...HOSTILE), oddText(5)).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'HTTP:\\\\', 'https:'),
        fc.constantFrom('', ...HOSTILE),
        oddText(8),
      )
      .map((parts) => parts.join('')),
    native,
  );

  /** Paths are put behind it, and it stands in documents and in the requests to the upstream. */
  function expectBase(url: string): void {
    expect(url).not.toMatch(/[?#@\s\p{Cc}]|\/$/u);
    const parsed = new URL(`${url}/tile.png`);
    expect(parsed.protocol).toMatch(/^https?:$/);
    expect([parsed.username, parsed.password, parsed.search, parsed.hash]).toEqual(['', '', '', '']);
    expect(parsed.host).toBe(new URL(url).host);
    expect(parsed.pathname.endsWith('/tile.png')).toBe(true);
  }

  it('that is good is taken without its last slash', () => {
    holds(
      fc.property(goodUrl, (url) => {
        expect(read(kind.httpUrl(), url)).toBe(url.replace(/\/$/, ''));
        expectBase(read(kind.httpUrl(), url)!);
      }),
    );
  });

  it('out of any text or value is one to which a path can be added, or none', () => {
    holds(
      fc.property(anyUrl, (value) => {
        const url = read(kind.httpUrl(), value);
        if (url !== undefined) expectBase(url);
      }),
      1000,
    );
  });

  it('with a range of letters is one address for each of them', () => {
    const letter = fc.stringMatching(/^[a-z]$/);
    holds(
      fc.property(letter, letter, fc.oneof(fc.constant(''), oddText(6)), (first, last, more) => {
        const urls = read(kind.shardedHttpUrl(), `https://heat-{${first}-${last}}.example/${more}`);
        if (more === '')
          expect(urls?.length).toBe(first <= last ? last.charCodeAt(0) - first.charCodeAt(0) + 1 : undefined);
        urls?.forEach((url, index) => {
          expectBase(url);
          expect(new URL(url).hostname).toBe(
            `heat-${String.fromCharCode(first.charCodeAt(0) + index)}.example`,
          );
        });
      }),
    );
  });
});

describe('a secret', () => {
  const long = fc.constantFrom(15, 16, 256, 257).map((length) => 'Q'.repeat(length));
  const text = padded(
    fc.oneof(
      secretText(1, 300),
      long,
      fc.stringMatching(/^[\x21-\x7e]{1,30}$/),
      fc.tuple(secretText(15, 20), oddText(2), secretText(0, 3)).map((parts) => parts.join('')),
      oddText(20),
    ),
  );

  it('is kept as it is without the blanks around it, and hidden', () => {
    holds(
      fc.property(fc.oneof(text, native), (value) => {
        const found = read(kind.secret(), value);
        const trimmed = typeof value === 'string' ? value.trim() : '';
        if (trimmed === '') expect(found).toBeUndefined();
        else expect([found instanceof Secret, found?.reveal()]).toEqual([true, trimmed]);
      }),
    );
  });

  it('that is to be sent fits a header, or is refused', () => {
    holds(
      fc.property(text, (value) => {
        const cookie = read(kind.cookieValue(), value);
        expect(cookie !== undefined).toBe(isCookieValue(value.trim()));
        const admin = read(kind.adminKey(), value);
        expect(admin !== undefined).toBe(/^[\x21-\x7e]{16,256}$/.test(value.trim()));
        for (const found of [cookie, admin]) if (found) expect(found.reveal()).toBe(value.trim());
      }),
      500,
    );
  });
});
