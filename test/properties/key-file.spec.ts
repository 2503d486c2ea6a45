import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { digestOf, KEY_FORM, KeyFileError, parseKeyFile } from '../../src/auth-keys/key-file.js';
import { edited, LEAK, oddText, secretText } from './arbitraries.js';
import { holds, outcome } from './holds.js';

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
