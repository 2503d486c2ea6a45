import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import {
  CookieFileError,
  parseCookies,
  serializeCookies,
  type CookieEntry,
} from '../../src/strava-cookies/cookie-file.js';
import { EXPIRES_COOKIE, SESSION_COOKIE, SIGNED_COOKIES } from '../../src/strava-cookies/cookie-names.js';
import { edited, LEAK, oddText, secretText } from './arbitraries.js';
import { holds, outcome } from './holds.js';

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

/** Whatever else an exporter says of a cookie. Nobody calls an attribute `__proto__`, and it would not be kept. */
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

const header: fc.Arbitrary<File> = fc
  .record({
    pairs: fc.array(fc.record({ name: headerName, value: plainValue, quoted: fc.boolean() }), {
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
    expect(entries.message).toContain('accepted are');
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
