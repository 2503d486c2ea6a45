import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from '@jest/globals';
import { digestOf } from '../../src/auth-keys/key-file.js';
import { KeyRing } from '../../src/auth-keys/key-ring.js';
import { StoppedClock } from '../unit/support/stopped-clock.js';
import { temporaryFolder } from '../unit/support/temporary-folder.js';
import { nearly } from './arbitraries.js';
import { holds } from './holds.js';

const at = temporaryFolder();
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
        const verdict = ring.check({ kind: 'one', key: word, form: 'query' });
        const known = all.find((one) => one.key === word && (one.left === undefined || one.left > 0));
        expect(verdict.ok ? verdict.key.id : undefined).toBe(known?.id);
      }
    }),
    150,
  );
});
