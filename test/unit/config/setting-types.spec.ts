import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import type { z } from 'zod';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import * as kind from '../../../src/config/setting-types.js';
import { isCookieValue } from '../../../src/strava-cookies/cookie-value.js';
import {
  edited,
  nearly,
  numberText,
  oddText,
  recased,
  secretText,
} from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';

/** The value, or the sentence of the refusal. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  return result.success ? result.data : `refused: ${result.error.issues[0]!.message}`;
}

describe('a size in bytes', () => {
  it.each([
    ['500000', 500_000],
    [500_000, 500_000],
    ['0', 0],
    ['256MB', 256_000_000],
    ['256 mb', 256_000_000],
    ['1GiB', 1024 ** 3],
    ['64KiB', 65_536],
    ['10kB', 10_000],
    ['1.5GB', 1_500_000_000],
    ['12B', 12],
    ['  1MB ', 1_000_000],
  ])('is read from %j', (value, expected) => {
    expect(read(kind.bytes(), value)).toBe(expected);
  });

  it.each([
    'lots',
    '',
    'MB',
    '-1MB',
    '1TB',
    '1,5GB',
    '1e6',
    '0x10',
    '1 M B',
    '1MBs',
    1.5,
    null,
    true,
    [1],
    {},
  ])('is not read from %j', (value) => {
    expect(read(kind.bytes(), value)).toMatch(/refused: must be a size such as 256MB/);
  });

  it('has limits', () => {
    expect(read(kind.bytes(), -1)).toBe('refused: must not be negative');
    expect(read(kind.bytes(), '999999GB')).toBe('refused: must be at most 64 TiB');
  });
});

describe('a whole number', () => {
  const number = kind.integer(-5, 100);

  it.each([
    ['42', 42],
    [' 42 ', 42],
    [42, 42],
    ['-5', -5],
    ['100', 100],
    ['007', 7],
  ])('is read from %j', (value, expected) => {
    expect(read(number, value)).toBe(expected);
  });

  it.each([
    '',
    'x',
    '42x',
    '4 2',
    '1.0',
    '1e1',
    '0x1',
    '+1',
    1.5,
    Number.NaN,
    Infinity,
    null,
    true,
    [1],
    101,
    '-6',
    '9'.repeat(30),
  ])('is not read from %p', (value) => {
    expect(read(number, value)).toBe('refused: must be a whole number from -5 to 100');
  });
});

describe('a flag', () => {
  it.each([
    ...(['true', 'TRUE', '1', 'yes', ' On '].map((word) => [word, true]) as [unknown, boolean][]),
    ...(['false', 'False', '0', 'no', 'off'].map((word) => [word, false]) as [unknown, boolean][]),
    [true, true],
    [false, false],
  ])('of %j is %s', (value, expected) => {
    expect(read(kind.flag(), value)).toBe(expected);
  });

  it.each(['', 'y', 'maybe', '2', 1, null, []])('of %j is refused, not false', (value) => {
    expect(read(kind.flag(), value)).toBe('refused: must be true or false');
  });
});

describe('an address', () => {
  it.each([
    ['https://tiles.example', 'https://tiles.example'],
    ['https://tiles.example/', 'https://tiles.example'],
    ['http://127.0.0.1:8080/a/b//', 'http://127.0.0.1:8080/a/b'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    [' https://tiles.example ', 'https://tiles.example'],
  ])('%j is read as %s', (value, expected) => {
    expect(read(kind.httpUrl(), value)).toBe(expected);
  });

  it.each([
    'tiles.example',
    '//tiles.example',
    'ftp://tiles.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://tiles.example?key=1',
    'https://tiles.example#top',
    'https://user:password@tiles.example',
    'https://tiles.example:99999',
    'https://tiles example',
    'https://tiles.example/a b',
  ])('%j is refused', (value) => {
    expect(read(kind.httpUrl(), value)).toMatch(/refused: must be an http or https URL/);
  });

  it('without two slashes is refused, since documents would repeat it', () => {
    for (const value of ['https:tiles.example', 'https:/tiles.example', 'https:///tiles.example'])
      expect([value, read(kind.httpUrl(), value)]).toEqual([value, expect.stringMatching(/^refused/)]);
  });

  it('is text that is not empty', () => {
    expect(read(kind.httpUrl(), '  ')).toBe('refused: must not be empty');
    expect(read(kind.httpUrl(), 8080)).toBe('refused: must be a string');
  });
});

describe('the address of a listener', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    [' 127.0.0.1 ', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['[::]', '::'],
    ['[::1]', '::1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['localhost', 'localhost'],
    ['LOCALHOST', 'localhost'],
    ['gateway.internal.', 'gateway.internal.'],
    ['my_host-1', 'my_host-1'],
    ['1and1.example', '1and1.example'],
  ])('is read from %j as %s', (value, expected) => {
    expect(read(kind.host('PORT'), value)).toBe(expected);
  });

  it.each([
    '*',
    '0.0.0.0:8080',
    ':8080',
    '[::]:8080',
    '[::1',
    '::1]',
    '[127.0.0.1]',
    '[localhost]',
    'localhost:8080',
    'http://0.0.0.0',
    'https://[::]',
    '//0.0.0.0',
    '127.0.0.1/8',
    '127.1',
    '2130706433',
    '256.1.1.1',
    '127.0.0.01',
    'a..b',
    '-a',
    'a-',
    'a b',
    'user@host',
    'é.example',
    'x'.repeat(64),
  ])('is not read from %j', (value) => {
    expect(read(kind.host('PORT'), value)).toMatch(
      /^refused: must be an IP address .* set the port as PORT$/,
    );
  });
});

describe('a URL with shards', () => {
  it.each([
    ['https://h-{a-c}.example/', ['https://h-a.example', 'https://h-b.example', 'https://h-c.example']],
    ['https://h.example/{x-y}', ['https://h.example/x', 'https://h.example/y']],
    ['https://h-{b-b}.example', ['https://h-b.example']],
    ['https://h.example', ['https://h.example']],
  ])('%s expands to one URL per letter', (value, expected) => {
    expect(read(kind.shardedHttpUrl(), value)).toEqual(expected);
  });

  it('is refused if its range is descending, or if it is not a URL', () => {
    expect(read(kind.shardedHttpUrl(), 'https://h-{c-a}.example')).toMatch(/refused: .*ascending range/);
    expect(read(kind.shardedHttpUrl(), 'h-{a-c}.example')).toMatch(/refused: must be an http/);
  });
});

describe('a list', () => {
  const colors = kind.list(kind.oneOf(['hot', 'blue']));

  it.each([
    ['hot,blue', ['hot', 'blue']],
    [' hot , , blue, ', ['hot', 'blue']],
    [['blue'], ['blue']],
    ['', []],
    [[], []],
  ])('is read from %j', (value, expected) => {
    expect(read(colors, value)).toEqual(expected);
  });

  it('is refused for one unknown item, and if it is not a list', () => {
    expect(read(colors, 'hot,pink')).toBe('refused: must be one of hot, blue');
    expect(read(colors, ['hot', null])).toBe('refused: must be one of hot, blue');
    expect(read(colors, 5)).toBe('refused: must be a list');
  });
});

describe('a path', () => {
  it.each([
    ['~/cookies.json', `${homedir()}/cookies.json`],
    ['~', homedir()],
    ['~other/cookies.json', '~other/cookies.json'],
    ['/data/~/cookies.json', '/data/~/cookies.json'],
    ['relative.json', 'relative.json'],
  ])('%s is %s', (value, expected) => {
    expect(read(kind.path(), value)).toBe(expected);
  });
});

describe('a secret setting', () => {
  it('becomes a secret when it is read, without surrounding whitespace', () => {
    const value = read(kind.secret(), ' canary \n');
    expect(value).toBeInstanceOf(Secret);
    expect((value as Secret).reveal()).toBe('canary');
  });

  it('that is an admin key has a minimum length', () => {
    expect(read(kind.adminKey(), 'x'.repeat(16))).toBeInstanceOf(Secret);
    for (const weak of ['x'.repeat(15), 'x'.repeat(257), 'x'.repeat(10) + ' ' + 'x'.repeat(10)])
      expect(read(kind.adminKey(), weak)).toBe(
        'refused: must have 16 to 256 printable ASCII characters without whitespace',
      );
  });
});

describe('the URL of Redis', () => {
  it.each([
    'redis://redis',
    'redis://redis:6379/',
    'rediss://user:pass%2Fword%25@redis.example:6380/3',
    'redis://:secret@[::1]:6379/0',
  ])('is %s', (value) => {
    expect(read(kind.redisUrl(), value)).toBeInstanceOf(Secret);
  });

  it.each([
    'redis.example:6379',
    'http://redis',
    'redis:///0',
    // Databases are numbers, and nothing else is understood there.
    'redis://redis/tiles',
    'redis://redis/0?family=6',
    'redis://:50%off@redis',
  ])('is not %s', (value) => {
    expect(read(kind.redisUrl(), value)).toMatch(/^refused: must be a URL such as redis:/);
  });
});

describe('properties', () => {
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

    it('is any within its limits, as text or as a number', () => {
      holds(
        fc.property(bounds, fc.integer({ min: -2000, max: 110_000 }), ([min, max], number) => {
          const expected = number >= min && number <= max ? number : undefined;
          expect(read(kind.integer(min, max), number)).toBe(expected);
          expect(read(kind.integer(min, max), ` ${number}\n`)).toBe(expected);
        }),
      );
    });

    it('from any text or value is the number written there within the limits, or refused', () => {
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
    const UNITS = {
      '': 1,
      B: 1,
      kB: 1e3,
      MB: 1e6,
      GB: 1e9,
      KiB: 2 ** 10,
      MiB: 2 ** 20,
      GiB: 2 ** 30,
    } as const;
    const unit = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));

    it('is a number times its unit, in any case, with or without a space, rounded to bytes', () => {
      const number = fc.oneof(fc.nat(30_000).map(String), fc.stringMatching(/^\d{1,4}\.\d{1,3}$/));
      const named = unit.chain((name) => fc.tuple(fc.constant(name), recased(name)));
      holds(
        fc.property(number, named, fc.constantFrom('', ' '), (text, [name, written], blank) => {
          expect(read(kind.bytes(), `${text}${blank}${written}`)).toBe(
            Math.round(Number(text) * UNITS[name]),
          );
        }),
      );
    });

    it('from any text or value is a whole number within the limits, or refused', () => {
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

  it('a flag accepts eight words in any case, and nothing else', () => {
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

  it('a list is the same in YAML and as comma-separated text, and has known items only', () => {
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

  it('a path is any text, with the home directory for a leading tilde', () => {
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

    it('that is valid loses its trailing slash', () => {
      holds(
        fc.property(goodUrl, (url) => {
          expect(read(kind.httpUrl(), url)).toBe(url.replace(/\/$/, ''));
          expectBase(read(kind.httpUrl(), url)!);
        }),
      );
    });

    it('from any text or value is one to which a path can be appended, or refused', () => {
      holds(
        fc.property(anyUrl, (value) => {
          const url = read(kind.httpUrl(), value);
          if (url !== undefined) expectBase(url);
        }),
        1000,
      );
    });

    it('with a range of letters expands to one URL per letter', () => {
      const letter = fc.stringMatching(/^[a-z]$/);
      holds(
        fc.property(letter, letter, fc.oneof(fc.constant(''), oddText(6)), (first, last, more) => {
          const urls = read(kind.shardedHttpUrl(), `https://heat-{${first}-${last}}.example/${more}`);
          if (more === '')
            expect(urls?.length).toBe(
              first <= last ? last.charCodeAt(0) - first.charCodeAt(0) + 1 : undefined,
            );
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

    it('is kept without surrounding whitespace, and hidden', () => {
      holds(
        fc.property(fc.oneof(text, native), (value) => {
          const found = read(kind.secret(), value);
          const trimmed = typeof value === 'string' ? value.trim() : '';
          if (trimmed === '') expect(found).toBeUndefined();
          else expect([found instanceof Secret, found?.reveal()]).toEqual([true, trimmed]);
        }),
      );
    });

    it('that is sent upstream is valid in a header, or is refused', () => {
      holds(
        fc.property(text, (value) => {
          const session = read(kind.session(), value);
          if (session) expect(isCookieValue(session.reveal())).toBe(true);
          const admin = read(kind.adminKey(), value);
          expect(admin !== undefined).toBe(/^[\x21-\x7e]{16,256}$/.test(value.trim()));
          if (admin) expect(admin.reveal()).toBe(value.trim());
        }),
        500,
      );
    });
  });
});
