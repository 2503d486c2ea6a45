import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { KeyRing } from '../../../src/auth-keys/index.js';
import { StoppedClock } from '../support/stopped-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const at = temporaryFolder();

function ring(keys: unknown[], clock = new StoppedClock()): KeyRing {
  writeFileSync(at('keys.json'), JSON.stringify({ keys }));
  return new KeyRing(at('keys.json'), clock);
}
const verdict = (keys: KeyRing, key: string) => {
  const found = keys.check({ kind: 'one', key, form: 'query' });
  return found.ok ? found.key.id : found.reason;
};

describe('a key', () => {
  it('opens until the very moment at which it expires', () => {
    const clock = new StoppedClock(Date.UTC(2027, 0, 31) - 1);
    const keys = ring([{ id: 'alice', key: 'abc', expires: '2027-01-31' }], clock);
    expect(verdict(keys, 'abc')).toBe('alice');
    clock.advance(1);
    expect(verdict(keys, 'abc')).toBe('expired');
  });

  it('is not opened by its own digest', () => {
    const keys = ring(['abc']);
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect([verdict(keys, 'abc'), verdict(keys, digest)]).toEqual(['keys.0', 'unknown']);
  });

  it('counts in its exact letters', () => {
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
