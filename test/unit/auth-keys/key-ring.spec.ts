import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../src/auth-keys/key-file.js';
import { KeyRing } from '../../../src/auth-keys/key-ring.js';
import { nearly } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const at = temporaryFolder();

function ring(keys: unknown[], clock = new StoppedClock()): KeyRing {
  writeFileSync(at('keys.json'), JSON.stringify({ keys }));
  return new KeyRing(at('keys.json'), clock);
}
const verdict = (keys: KeyRing, key: string) => {
  const found = keys.check({ kind: 'one', key, form: 'path' });
  return found.ok ? found.key.id : found.reason;
};

describe('a key', () => {
  it('is valid until the millisecond at which it expires', () => {
    const clock = new StoppedClock(Date.UTC(2027, 0, 31) - 1);
    const keys = ring([{ id: 'alice', key: 'abc', expires: '2027-01-31' }], clock);
    expect(verdict(keys, 'abc')).toBe('alice');
    clock.advance(1);
    expect(verdict(keys, 'abc')).toBe('expired');
  });

  it('is not matched by its own digest', () => {
    const keys = ring(['abc']);
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect([verdict(keys, 'abc'), verdict(keys, digest)]).toEqual(['keys.0', 'unknown']);
  });

  it('is case-sensitive and matched in full', () => {
    const keys = ring(['Abc']);
    expect(['Abc', 'abc', 'Abc ', 'Ab', ''].map((key) => verdict(keys, key))).toEqual([
      'keys.0',
      'unknown',
      'malformed',
      'unknown',
      'malformed',
    ]);
  });
});

describe('properties', () => {
  const NOW = Date.parse('2026-06-01T00:00:00Z');

  const key = fc.record({
    id: fc.stringMatching(/^[a-z]{3,9}$/),
    key: fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/),
    hashed: fc.boolean(),
    /** Seconds from now to the end of the key. */
    left: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
  });
  const keys = fc.uniqueArray(key, {
    minLength: 1,
    maxLength: 5,
    comparator: (a, b) => a.id === b.id || a.key === b.key,
  });

  it('a key opens the gateway if it is one of the file to the letter, and has not ended', () => {
    const file = at('keys.json');
    const presented = keys.chain((all) =>
      fc.record({
        all: fc.constant(all),
        asked: fc.array(nearly(...all.map((one) => one.key)), { minLength: 1 }),
      }),
    );
    holds(
      fc.property(presented, ({ all, asked }) => {
        const entries = all.map(({ id, key: plain, hashed, left }) => ({
          id,
          ...(hashed ? { sha256: digestOf(plain) } : { key: plain }),
          ...(left !== undefined && { expires: new Date(NOW + left * 1000).toISOString() }),
        }));
        writeFileSync(file, JSON.stringify({ keys: entries }));
        const ring = new KeyRing(file, new StoppedClock(NOW));
        for (const word of [...asked, ...all.map((one) => one.key)]) {
          const verdict = ring.check({ kind: 'one', key: word, form: 'path' });
          const known = all.find((one) => one.key === word && (one.left === undefined || one.left > 0));
          expect(verdict.ok ? verdict.key.id : undefined).toBe(known?.id);
        }
      }),
      150,
    );
  });
});
