import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { digestOf, KEY_FORM, KeyFileError, parseKeyFile } from '../../../src/auth-keys/key-file.js';
import { WebOrigins } from '../../../src/common/net/web-origins.js';
import { decodeText } from '../../../src/common/files/decode-text.js';
import { edited, LEAK, oddText, secretText } from '../../support/properties/arbitraries.js';
import { holds, outcome } from '../../support/properties/holds.js';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const parse = (file: unknown) => parseKeyFile(JSON.stringify(file));

function refusal(text: string): string {
  try {
    parseKeyFile(text);
  } catch (error) {
    expect(error).toBeInstanceOf(KeyFileError);
    return (error as KeyFileError).message;
  }
  throw new Error('not refused');
}

describe('a key file', () => {
  it('may be a list of plain keys, which are called by their place', () => {
    expect(parse({ keys: ['first-key', 'second_KEY'] })).toEqual([
      { id: 'keys.0', digest: sha256('first-key'), scope: {} },
      { id: 'keys.1', digest: sha256('second_KEY'), scope: {} },
    ]);
  });

  it('may say of each key who has it, until when, for what and how often', () => {
    expect(
      parse({
        keys: [
          {
            id: 'alice@example.org',
            key: 'canary-key',
            expires: '2027-01-31T12:00:00Z',
            layers: ['ride-*', 'all-hot', '*'],
            sports: ['ride', 'all'],
            colors: ['hot'],
            maxZoom: 12,
            origins: ['https://GPX.studio/', 'http://localhost:3000', 'https://*.gpx.studio'],
            rateLimit: { max: 5 },
          },
          { id: 'bob', sha256: sha256('bobs').toUpperCase(), rateLimit: { max: 1, seconds: 86400 } },
        ],
      }),
    ).toEqual([
      {
        id: 'alice@example.org',
        digest: sha256('canary-key'),
        expiresAt: Date.UTC(2027, 0, 31, 12),
        scope: {
          layers: ['ride-*', 'all-hot', '*'],
          sports: ['ride', 'all'],
          colors: ['hot'],
          maxZoom: 12,
        },
        origins: new WebOrigins(['https://gpx.studio', 'http://localhost:3000', 'https://*.gpx.studio']),
        rateLimit: { max: 5, seconds: 60 },
      },
      { id: 'bob', digest: sha256('bobs'), scope: {}, rateLimit: { max: 1, seconds: 86400 } },
    ]);
  });

  it('may mix both forms, and end keys at the beginning of a day in UTC', () => {
    const keys = parse({ keys: ['plain', { id: 'a', key: 'other', expires: '2027-01-31' }] });
    expect(keys.map(({ expiresAt }) => expiresAt)).toEqual([undefined, Date.UTC(2027, 0, 31)]);
  });

  it('is kept as digests: no key is in what is read from it', () => {
    expect(JSON.stringify(parse({ keys: ['canary-key', { id: 'a', key: 'canary-two' }] }))).not.toContain(
      'canary',
    );
  });

  const entry = { id: 'alice', key: 'canary-key' };
  it.each([
    ['a level that does not exist', { maxZoom: 17 }, /keys\.0\.maxZoom: must be a zoom level from 0 to 16/],
    ['a level as text', { maxZoom: '12' }, /keys\.0\.maxZoom: must be a zoom level/],
    ['an empty list of sports', { sports: [] }, /keys\.0\.sports: must name a sport/],
    ['a pattern of sports', { sports: ['ride*'] }, /keys\.0\.sports\.0: must be a sport/],
    ['an empty list of colours', { colors: [] }, /keys\.0\.colors: must name a colour/],
    ['an origin with a path', { origins: ['https://a.example/x'] }, /keys\.0\.origins\.0: must be an origin/],
    ['any origin', { origins: ['*'] }, /keys\.0\.origins\.0: must be an origin/],
    ['the origin null', { origins: ['null'] }, /keys\.0\.origins\.0: must be an origin/],
  ])('refuses %s', (_name, limits, expected) => {
    expect(refusal(JSON.stringify({ keys: [{ ...entry, ...limits }] }))).toMatch(expected);
  });

  it.each([
    ['blanks', ' \n', /it is empty/],
    ['broken JSON', '{"keys": ["canary-key"', /it is not valid JSON/],
    ['YAML', 'keys:\n  - canary-key', /it is not valid JSON/],
    ['a list', '["canary-key"]', /the file: /],
    ['null', 'null', /the file: /],
    ['a key as text', '{"keys": "canary-key"}', /keys: must be a list/],
    ['keys by name', '{"keys": {"alice": "canary-key"}}', /keys: must be a list/],
    [
      'a field that is not known',
      '{"keys": ["a"], "kyes": ["canary-key"]}',
      /the file: has an unknown field; accepted: keys/,
    ],
    ['a number as key', '{"keys": [31415926]}', /keys\.0: /],
    ['an empty key', '{"keys": ["fine", ""]}', /keys\.1: must have 1 to 128 characters/],
    ['a key with a blank', '{"keys": ["canary key"]}', /keys\.0: must have 1 to 128 characters/],
    ['a key with a slash', '{"keys": ["canary/key"]}', /keys\.0: must have/],
    ['a key that is too long', `{"keys": ["${'canary'.repeat(30)}"]}`, /keys\.0: must have/],
  ])('of %s is refused, with its place and without its keys', (_name, text, sentence) => {
    const message = refusal(text);
    expect(message).toMatch(sentence);
    expect(message).toContain('accepted: {"keys": ["plain", ...]}');
    expect(message).not.toMatch(/canary|31415926/);
  });

  it.each([
    ['a trailing comma', '{"keys": ["plain",]}'],
    ['a comment', '{\n  // for the map\n  "keys": ["plain"]\n}'],
    ['a byte order mark', '\uFEFF{"keys": ["plain"]}'],
  ])('with %s is read', (_name, text) => {
    expect(parseKeyFile(decodeText(Buffer.from(text)))).toHaveLength(1);
  });

  it('with typographic quotes is refused, and the line is named', () => {
    expect(refusal('{\n"keys": [“canary”]}')).toContain(
      'it is not valid JSON: line 2 has typographic quotes',
    );
  });

  it.each([
    ['without an id', { key: 'canary-key' }, /keys\.0\.id: /],
    ['with an id that a log could trip over', { ...entry, id: 'a b' }, /keys\.0\.id: must have 1 to 64/],
    ['without a key', { id: 'alice' }, /keys\.0: needs either "key" or "sha256"/],
    ['with both', { ...entry, sha256: sha256('canary') }, /keys\.0: needs either/],
    ['with a digest that is cut off', { id: 'a', sha256: 'abc123' }, /keys\.0\.sha256: must have 64 hex/],
    ['with a bad key', { ...entry, key: 'canary key' }, /keys\.0\.key: must have 1 to 128/],
    ['with a date in words', { ...entry, expires: 'canary' }, /keys\.0\.expires: must be a date/],
    ['with a time as number', { ...entry, expires: 1812345678 }, /keys\.0\.expires: /],
    ['with an impossible month', { ...entry, expires: '2027-13-01' }, /keys\.0\.expires: must be a date/],
    ['with no layer at all', { ...entry, layers: [] }, /keys\.0\.layers: must name a layer/],
    ['with a star in the middle', { ...entry, layers: ['ride-hot', '*-hot'] }, /keys\.0\.layers\.1: must be/],
    ['with a limit of nothing', { ...entry, rateLimit: { max: 0 } }, /keys\.0\.rateLimit\.max: /],
    ['with a misspelt field', { ...entry, expire: '2020-01-01' }, /keys\.0: .*expire/],
  ])('with an entry %s is refused, so that no key opens more than was meant', (_name, bad, sentence) => {
    const message = refusal(JSON.stringify({ keys: [bad] }));
    expect(message).toMatch(sentence);
    expect(message).not.toContain('canary');
  });

  it('is refused when an id or a key stands twice, in whatever form', () => {
    expect(refusal('{"keys": ["a", "b", "a"]}')).toBe('keys.2 repeats the key of an earlier entry');
    expect(refusal(JSON.stringify({ keys: ['a', { id: 'x', sha256: sha256('a') }] }))).toBe(
      'keys.1 repeats the key of an earlier entry',
    );
    expect(refusal('{"keys": [{"id": "x", "key": "a"}, {"id": "x", "key": "b"}]}')).toBe(
      'keys.1 repeats the id of an earlier entry',
    );
  });
});

describe('properties', () => {
  const read = (text: string) => outcome(KeyFileError, () => parseKeyFile(text));

  /** An entry in either form, as it is meant. */
  type Entry =
    string | { id: string; key: string; hashed: boolean; expires: { at: number; text: string } | undefined };

  const key = fc.oneof(fc.stringMatching(KEY_FORM), secretText());
  const id = fc.stringMatching(/^[\w.@-]{1,64}$/);
  /** Milliseconds of a whole second, so that every way to write it is exact. */
  const time = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => seconds * 1000);
  const expires = time.map((at) => ({ at, text: new Date(at).toISOString() }));
  const entry = fc.record({ id, key, hashed: fc.boolean(), expires: fc.option(expires, { nil: undefined }) });
  const entries = fc.uniqueArray(fc.oneof<fc.Arbitrary<Entry>[]>(key, entry), {
    minLength: 1,
    maxLength: 6,
    comparator: (a, b) => keyOf(a) === keyOf(b) || (idOf(a) !== undefined && idOf(a) === idOf(b)),
  });
  const keyOf = (one: Entry) => (typeof one === 'string' ? one : one.key);
  const idOf = (one: Entry) => (typeof one === 'string' ? undefined : one.id);

  /** As a person would write it. */
  const written = (one: Entry) =>
    typeof one === 'string'
      ? one
      : {
          id: one.id,
          ...(one.hashed ? { sha256: digestOf(one.key) } : { key: one.key }),
          ...(one.expires && { expires: one.expires.text }),
        };
  const fileOf = (all: readonly Entry[]) => JSON.stringify({ keys: all.map(written) });

  const KEY_PLACES = /^keys\.\d+$/;

  describe('a key file', () => {
    it('gives each key by its digest, with its name and its end, in the order of the file', () => {
      holds(
        fc.property(entries, (all) => {
          fc.pre(!all.some((one) => KEY_PLACES.test(idOf(one) ?? '')));
          expect(parseKeyFile(fileOf(all))).toEqual(
            all.map((one, index) =>
              expect.objectContaining({
                id: idOf(one) ?? `keys.${index}`,
                digest: digestOf(keyOf(one)),
                expiresAt: typeof one === 'string' ? undefined : one.expires?.at,
              }),
            ),
          );
        }),
      );
    });

    it('that has a key twice, in whatever form, is refused', () => {
      holds(
        fc.property(entries, fc.nat(), fc.boolean(), (all, which, hashed) => {
          const again = { id: 'again', key: keyOf(all[which % all.length]!), hashed, expires: undefined };
          fc.pre(!all.some((one) => idOf(one) === 'again'));
          const error = read(fileOf([...all, again]));
          expect(error).toBeInstanceOf(KeyFileError);
          expect(inspect(error)).not.toMatch(LEAK);
        }),
        100,
      );
    });
  });

  function expectKeysOrSilence(text: string): void {
    const keys = read(text);
    if (keys instanceof KeyFileError) {
      expect(inspect(keys)).not.toMatch(LEAK);
      return;
    }
    expect(keys.length).toBeGreaterThan(0);
    for (const field of ['id', 'digest'] as const)
      expect(new Set(keys.map((one) => one[field])).size).toBe(keys.length);
    for (const { id: name, digest, expiresAt } of keys) {
      expect(name).toMatch(/^[\w.@-]{1,64}$/);
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      if (expiresAt !== undefined) expect(Number.isFinite(expiresAt)).toBe(true);
    }
  }

  describe('is read or refused without a word of its keys:', () => {
    const secretEntry = fc.record(
      {
        id: fc.oneof(fc.constant('alice'), fc.anything()),
        key: fc.oneof(
          secretText(),
          secretText().map((text) => `${text} ${text}`),
        ),
        sha256: fc.oneof(fc.constant(digestOf('a')), secretText()),
        expires: fc.oneof(fc.constant('2027-01-31'), secretText(), oddText()),
        layers: fc.oneof(secretText(), fc.array(secretText().map((text) => `${text}*!`))),
        rateLimit: fc.oneof(fc.constant({ max: 1 }), fc.dictionary(secretText(), secretText())),
      },
      { requiredKeys: ['key'] },
    );
    const shape = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.oneof(secretText(), secretEntry, fc.constantFrom(null, true, 1e15, 31_415)),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(
          fc.oneof(fc.constantFrom('keys', 'id', 'key', 'layers', 'rateLimit'), secretText()),
          tie('node'),
          { maxKeys: 4 },
        ),
        fc.record({ keys: fc.array(tie('node'), { minLength: 1, maxLength: 4 }) }),
      ),
    })).node;

    it('any text', () => {
      holds(fc.property(fc.oneof(oddText(60), fc.json()), expectKeysOrSilence), 500);
    });

    it('a good file with some letters wrong', () => {
      const secretFile = fc
        .array(
          fc.oneof(
            secretText(),
            fc.record({
              id,
              key: secretText(),
              hashed: fc.constant(false),
              expires: fc.option(expires, { nil: undefined }),
            }),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map(fileOf);
      holds(fc.property(fc.oneof(edited(secretFile), secretFile), expectKeysOrSilence), 500);
    });

    it('JSON of any other shape, with keys in any place', () => {
      holds(
        fc.property(
          shape.map((value) => JSON.stringify(value)),
          expectKeysOrSilence,
        ),
        500,
      );
    });

    it('entries that are wrong in any field', () => {
      holds(
        fc.property(
          fc.array(fc.oneof(secretEntry, secretText())).map((keys) => JSON.stringify({ keys })),
          expectKeysOrSilence,
        ),
        300,
      );
    });
  });
});
