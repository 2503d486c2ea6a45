import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { CookieEntry } from '../../../../src/strava-cookies/cookie-file/cookie-entry.js';
import { CookieFileError } from '../../../../src/strava-cookies/cookie-file/cookie-file-error.js';
import {
  parseCookies as parse,
  serializeCookies,
} from '../../../../src/strava-cookies/cookie-file/cookie-file.js';
import {
  EXPIRES_COOKIE,
  SESSION_COOKIE,
  SIGNED_COOKIES,
} from '../../../../src/strava-cookies/cookie-names.js';
import { edited, LEAK, oddText, secretText } from '../../../support/properties/arbitraries.js';
import { holds, outcome } from '../../../support/properties/holds.js';

const parseCookies = (text: string) => parse(text).entries;
const pairs = (text: string) => parseCookies(text).map(({ name, value }) => [name, value]);

const TWO = [
  ['_strava4_session', 'canary-session'],
  ['_strava_idcf', 'canary.token-_~'],
];

describe('a cookie file is read', () => {
  it.each([
    [
      "as the exporter's array",
      '[{"name":"_strava4_session","value":"canary-session"},{"name":"_strava_idcf","value":"canary.token-_~"}]',
    ],
    [
      'as the array of Cookie-Editor',
      JSON.stringify([
        {
          domain: '.strava.com',
          expirationDate: 1812345678.123,
          hostOnly: false,
          httpOnly: true,
          name: '_strava4_session',
          path: '/',
          sameSite: null,
          secure: true,
          storeId: null,
          value: 'canary-session',
        },
        { name: '_strava_idcf', value: 'canary.token-_~', id: 2 },
      ]),
    ],
    ['as a header line', '_strava4_session=canary-session; _strava_idcf=canary.token-_~'],
    ['as a header line without blanks', '_strava4_session=canary-session;_strava_idcf=canary.token-_~'],
    ['as a header with its name', 'Cookie: _strava4_session=canary-session; _strava_idcf=canary.token-_~;'],
    ['as a header in lower case', 'cookie:_strava4_session=canary-session; _strava_idcf=canary.token-_~'],
    [
      'as a header over several lines',
      '_strava4_session=canary-session;\r\n_strava_idcf=canary.token-_~;\r\n',
    ],
    ['as a header with quoted values', '_strava4_session="canary-session"; _strava_idcf="canary.token-_~"'],
    [
      'as cookies.txt',
      [
        '# Netscape HTTP Cookie File',
        '# https://curl.se/docs/http-cookies.html',
        '',
        '#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1812345678\t_strava4_session\tcanary-session',
        '.strava.com\tTRUE\t/\tTRUE\t0\t_strava_idcf\tcanary.token-_~',
        '',
      ].join('\n'),
    ],
    [
      'as cookies.txt without a heading',
      '.strava.com\tTRUE\t/\tTRUE\t0\t_strava4_session\tcanary-session\n.strava.com\tTRUE\t/\tTRUE\t0\t_strava_idcf\tcanary.token-_~',
    ],
  ])('%s', (_name, text) => {
    expect(pairs(text)).toEqual(TWO);
    expect(pairs(`\uFEFF${text}`)).toEqual(TWO);
    expect(pairs(`\n  ${text.replaceAll(/\r?\n/g, '\r\n')}\r\n\r\n`)).toEqual(TWO);
  });

  it('when it holds nothing but a session', () => {
    expect(pairs('[{"name":"_strava4_session","value":"x"}]')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('_strava4_session=x')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('a\tTRUE\t/\tTRUE\t0\t_strava4_session\tx')).toEqual([['_strava4_session', 'x']]);
    expect(pairs('[]')).toEqual([]);
  });

  it('with values that hold "=" and with empty ones', () => {
    expect(pairs('a=b==; c=; d=e=f')).toEqual([
      ['a', 'b=='],
      ['c', ''],
      ['d', 'e=f'],
    ]);
  });

  it('with a name that stands several times, every time and in order', () => {
    expect(pairs('a=1; b=2; a=3')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
  });

  it('with what a cookies.txt says of each cookie', () => {
    const [session, token] = parseCookies(
      '#HttpOnly_.strava.com\tTRUE\t/maps\tTRUE\t1812345678\t_strava4_session\tx\nwww.strava.com\tFALSE\t/\tFALSE\t0\tt\ty',
    );
    expect(session!.rest).toEqual({
      domain: '.strava.com',
      path: '/maps',
      secure: true,
      httpOnly: true,
      expirationDate: 1812345678,
    });
    expect(token!.rest).toEqual({ domain: 'www.strava.com', path: '/', secure: false, httpOnly: false });
  });

  it('with a cookies.txt that ends in an unrelated cookie without a value', () => {
    const text = '.s\tTRUE\t/\tTRUE\t0\t_strava4_session\tx\n.s\tTRUE\t/\tTRUE\t0\tempty\t\n';
    expect(pairs(text)).toEqual([
      ['_strava4_session', 'x'],
      ['empty', ''],
    ]);
  });
});

describe('a cookie file is refused', () => {
  it.each([
    ['that is empty', '', /the file is empty/],
    ['of blanks alone', ' \r\n\uFEFF\t', /empty|neither/],
    ['of a byte order mark alone', '\uFEFF', /the file is empty/],
    ['of broken JSON', '[{"name":"a","value":"canary-value"},', /looks like JSON, but is broken/],
    ['of a JSON object without cookies', '{"session":"canary-value"}', /is JSON, but contains no cookie/],
    ['of a JSON string', '"canary-value"', /neither JSON nor a list/],
    ['with entries without value', '[{"name":"canary-value"},{"name":"b"}]', /contains no cookie/],
    ['with an entry without name', '[{"value":"canary-value"}]', /contains no cookie/],
    ['with an entry that is text', '["canary-value"]', /contains no cookie/],
    ['that is a page', '<!doctype html><html><p>canary-value; a=b</p></html>', /neither JSON nor a list/],
    [
      'that is a page with deep indents',
      '<html>\n\t\t\t\t\t\t\t<p>canary-value</p>\n</html>',
      /neither|lacks columns/,
    ],
    ['that is a bare value', 'canary-value', /neither JSON nor a list/],
    ['with a name of blanks', 'a b=canary-value', /neither JSON nor a list/],
    ['with too few columns', 'a\tTRUE\t/\tcanary-value\na\tTRUE\t/\tcanary-value', /neither JSON nor a list/],
    ['of binary', 'PK\u0003\u0004canary-value\0\0', /neither JSON nor a list/],
  ])('%s, in words that say what is accepted and hold no value', (_name, text, words) => {
    let error: unknown;
    try {
      parseCookies(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(CookieFileError);
    const { message, stack } = error as CookieFileError;
    expect(message).toMatch(words);
    expect(message).toContain('accepted formats: a JSON array');
    expect(`${message} ${stack}`).not.toContain('canary');
  });
});

describe('a cookie file is written back', () => {
  const entries = parseCookies(
    JSON.stringify([
      { name: 'first', value: '1', domain: '.strava.com', sameSite: null },
      { name: '_strava_idcf', value: 'old', path: '/', expirationDate: 1812345678.5, httpOnly: true },
      { name: 'last', value: '2', nested: { kept: [1] } },
    ]),
  );
  const written = (updates: [string, string][], from = entries) =>
    JSON.parse(serializeCookies(from, new Map(updates))) as Record<string, unknown>[];

  it('with new values in their old place, and every other attribute kept', () => {
    expect(written([['_strava_idcf', 'new']])).toEqual([
      { name: 'first', value: '1', domain: '.strava.com', sameSite: null },
      { name: '_strava_idcf', value: 'new', path: '/', httpOnly: true },
      { name: 'last', value: '2', nested: { kept: [1] } },
    ]);
  });

  it('without the expiry of a value that was replaced, and with that of one that was not', () => {
    expect(written([['_strava_idcf', 'new']])[1]).not.toHaveProperty('expirationDate');
    expect(written([['_strava_idcf', 'old']])[1]).toHaveProperty('expirationDate', 1812345678.5);
  });

  it('with new names at the end, in the order given', () => {
    const names = written([
      ['z', '1'],
      ['_strava_idcf', 'new'],
      ['a', '2'],
    ]).map(({ name }) => name);
    expect(names).toEqual(['first', '_strava_idcf', 'last', 'z', 'a']);
  });

  it('with one entry left of a name that stood several times, if that name is updated', () => {
    const duplicates = parseCookies('a=1; b=2; a=3; c=4; c=5; a=6');
    expect(written([['a', 'new']], duplicates)).toEqual([
      { name: 'a', value: 'new' },
      { name: 'b', value: '2' },
      { name: 'c', value: '4' },
      { name: 'c', value: '5' },
    ]);
  });

  it('as an array that is read again, whatever the format was', () => {
    const netscape = parseCookies('#HttpOnly_.s\tTRUE\t/\tTRUE\t1812345678\t_strava4_session\tx');
    const text = serializeCookies(netscape, new Map([['a', '1']]));
    expect(text.endsWith(']\n')).toBe(true);
    expect(parseCookies(text)).toEqual([...netscape, { name: 'a', value: '1', rest: {} }]);
  });

  it('as an empty array when there is nothing', () => {
    expect(parseCookies(serializeCookies([], new Map()))).toEqual([]);
  });
});

describe('properties', () => {
  const read = (text: string) => outcome(CookieFileError, () => parseCookies(text));

  const knownName = fc.constantFrom(...SIGNED_COOKIES, SESSION_COOKIE, EXPIRES_COOKIE, 'sp', '_ga');
  const headerName = fc.oneof(knownName, fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/));
  const plainValue = fc
    .oneof(secretText(), fc.stringMatching(/^[\x21-\x3a\x3c-\x7e]{0,20}$/))
    .filter((value) => !/^".*"$/.test(value));

  /** A file of one format, and what stands in it. */
  interface File {
    readonly text: string;
    readonly entries: readonly CookieEntry[];
  }
  const ending = fc.constantFrom('\n', '\r\n');
  const surrounded = (text: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.constantFrom('', '\uFEFF', ' \n', '\r\n'), text, fc.constantFrom('', '\n', '\r\n\r\n'))
      .map((parts) => parts.join(''));

  /** Other attributes of an exported cookie. `__proto__` is excluded: an object literal does not keep it. */
  const rest = fc
    .dictionary(
      fc.oneof(fc.constantFrom('domain', 'path', 'secure', 'expirationDate', 'id', 'sameSite'), oddText(6)),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 5 },
    )
    .map((attributes) => {
      const {
        name: _name,
        value: _value,
        ['__proto__']: _proto,
        ...others
      } = JSON.parse(JSON.stringify(attributes)) as Record<string, unknown>;
      return others;
    });
  const anyEntry = fc.record({
    name: fc.oneof(
      knownName,
      oddText(8).filter((name) => name !== ''),
    ),
    value: fc.oneof(plainValue, oddText()),
    rest,
  });
  const exported = fc.array(anyEntry, { maxLength: 6 }).chain((entries) =>
    fc.record({
      entries: fc.constant(entries),
      text: surrounded(
        fc.constantFrom(undefined, 2, '\t').map((indent) =>
          JSON.stringify(
            entries.map(({ name, value, rest: others }) => ({ ...others, name, value })),
            null,
            indent,
          ),
        ),
      ),
    }),
  );

  /** Single quotes around a value come from a shell, and are taken off. */
  const headerValue = plainValue.filter((value) => !/^'.*'$/.test(value));
  const header: fc.Arbitrary<File> = fc
    .record({
      pairs: fc.array(fc.record({ name: headerName, value: headerValue, quoted: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      name: fc.constantFrom('', 'Cookie: ', 'cookie:', 'COOKIE:  '),
      between: fc.constantFrom(';', '; ', ';\r\n', ' ; '),
      end: fc.constantFrom('', ';', '; '),
    })
    .map(({ pairs, name, between, end }) => ({
      text:
        name +
        pairs.map((pair) => `${pair.name}=${pair.quoted ? `"${pair.value}"` : pair.value}`).join(between) +
        end,
      entries: pairs.map((pair) => ({ name: pair.name, value: pair.value, rest: {} })),
    }));

  const netscapeLine = fc.record({
    name: headerName,
    value: plainValue,
    domain: fc.constantFrom('.strava.com', 'www.strava.com', 'localhost'),
    path: fc.constantFrom('/', '/maps'),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    expiry: fc.oneof(fc.nat(), fc.constant(0)),
    blankBefore: fc.boolean(),
  });
  const netscape: fc.Arbitrary<File> = fc
    .record({
      lines: fc.array(netscapeLine, { minLength: 1, maxLength: 5 }),
      eol: ending,
      heading: fc.boolean(),
    })
    // With nothing but a cookie without a value, the end of the only line is no column any more.
    .filter(({ lines }) => lines.some(({ value }, index) => value !== '' || index < lines.length - 1))
    .map(({ lines, eol, heading }) => ({
      text: [
        ...(heading ? ['# Netscape HTTP Cookie File'] : []),
        ...lines.flatMap(({ blankBefore, httpOnly, domain, path, secure, expiry, name, value }) => [
          ...(blankBefore ? ['', '# about a cookie'] : []),
          [
            httpOnly ? `#HttpOnly_${domain}` : domain,
            'TRUE',
            path,
            secure ? 'TRUE' : 'FALSE',
            expiry,
            name,
            value,
          ].join('\t'),
        ]),
      ].join(eol),
      entries: lines.map(({ name, value, domain, path, secure, httpOnly, expiry }) => ({
        name,
        value,
        rest: { domain, path, secure, httpOnly, ...(expiry > 0 && { expirationDate: expiry }) },
      })),
    }));

  describe('a cookie file', () => {
    it.each<[string, fc.Arbitrary<File>]>([
      ['an exporter', exported],
      ['a header', header],
      ['a cookies.txt', netscape],
    ])('in the format of %s is read as it was written', (_name, file) => {
      holds(
        fc.property(file, ({ text, entries }) => {
          expect(parseCookies(text)).toEqual(entries);
        }),
      );
    });

    const anyFile = fc.oneof(exported, header, netscape);

    it('that is written back untouched is read as before, whatever its format was', () => {
      const oddColumns = fc
        .array(
          fc.array(
            fc.oneof(
              fc.constantFrom('Infinity', '1e999', '-1', '0x10', '1812345678.5', '#HttpOnly_', '#'),
              secretText(),
              oddText(4).map((cell) => cell.replaceAll(/[\t\r\n]/g, '')),
            ),
            { minLength: 6, maxLength: 9 },
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((lines) => lines.map((line) => line.join('\t')).join('\n'));
      holds(
        fc.property(
          fc.oneof(
            anyFile.map(({ text }) => text),
            edited(anyFile.map(({ text }) => text)),
            oddColumns,
          ),
          (text) => {
            const entries = read(text);
            if (entries instanceof CookieFileError) return;
            expect(parseCookies(serializeCookies(entries, new Map()))).toEqual(entries);
          },
        ),
        500,
      );
    });

    it('keeps every cookie that is not replaced, with all that is said of it, and in its place', () => {
      const updates = fc.uniqueArray(fc.tuple(fc.oneof(knownName, headerName), plainValue), {
        maxLength: 5,
        selector: ([name]) => name,
      });
      holds(
        fc.property(anyFile, updates, ({ entries }, pairs) => {
          const replaced = new Map(pairs);
          const before = structuredClone(entries);
          const after = parseCookies(serializeCookies(entries, replaced));
          expect(entries).toEqual(before);
          const others = (all: readonly CookieEntry[]) => all.filter(({ name }) => !replaced.has(name));
          expect(others(after)).toEqual(others(entries));
          for (const [name, value] of replaced) {
            const found = after.filter((entry) => entry.name === name);
            expect(found.map((entry) => entry.value)).toEqual([value]);
            const { expirationDate: _old, ...attributes } =
              entries.find((entry) => entry.name === name)?.rest ?? {};
            expect(found[0]!.rest).toMatchObject(attributes);
          }
          const known = new Set(entries.map(({ name }) => name));
          const order = [...known, ...[...replaced.keys()].filter((name) => !known.has(name))];
          expect([...new Set(after.map(({ name }) => name))]).toEqual(order);
        }),
        500,
      );
    });
  });

  function expectCookiesOrSilence(text: string): void {
    const entries = read(text);
    if (entries instanceof CookieFileError) {
      expect(inspect(entries)).not.toMatch(LEAK);
      expect(entries.message).toContain('accepted formats: ');
      expect(entries.message.length).toBeLessThan(400);
    } else
      for (const { name, value } of entries)
        expect([typeof name, typeof value, name === '']).toEqual(['string', 'string', false]);
  }

  describe('is read or refused without a value in the message:', () => {
    it('any text', () => {
      holds(
        fc.property(fc.oneof(oddText(80), fc.json(), fc.string({ unit: 'binary' })), expectCookiesOrSilence),
        500,
      );
    });

    it('a file of any format with some letters wrong', () => {
      const text = fc.oneof(exported, header, netscape).map((file) => file.text);
      holds(fc.property(edited(text), expectCookiesOrSilence), 1000);
    });

    it('a cookies.txt that lacks columns', () => {
      const line = fc.array(fc.oneof(secretText(), fc.constantFrom('TRUE', '/', '0', '.strava.com', '')), {
        minLength: 1,
        maxLength: 9,
      });
      const lines = fc.array(line, { minLength: 1, maxLength: 4 });
      const text = lines.map((all) => all.map((columns) => columns.join('\t')).join('\n'));
      holds(fc.property(text, expectCookiesOrSilence));
    });

    it('JSON of any other shape, with values in any place', () => {
      const shape = fc.letrec<{ node: unknown }>((tie) => ({
        node: fc.oneof(
          { maxDepth: 3 },
          fc.oneof(
            secretText(),
            fc.constantFrom(null, 1, true),
            fc.record({ name: knownName, value: fc.oneof(secretText(), fc.constant(1)) }),
          ),
          fc.array(tie('node'), { maxLength: 4 }),
          fc.dictionary(fc.oneof(fc.constantFrom('name', 'value', 'cookies'), secretText()), tie('node'), {
            maxKeys: 3,
          }),
        ),
      })).node;
      holds(
        fc.property(
          shape.map((value) => JSON.stringify(value)),
          expectCookiesOrSilence,
        ),
        500,
      );
    });
  });
});
