/** Warnings about secret files that other users can read. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchSecretFiles } from '../../../src/secret-files.js';
import { nextFileChecks } from '../../support/file-checks.js';
import { eventually } from '../../support/eventually.js';

let folder: string;
let path: string;
const warnings: string[] = [];
const nothing = () => undefined;
const log = {
  debug: nothing,
  info: nothing,
  error: nothing,
  warn: (_: object, text: string) => warnings.push(text),
};
let unwatch: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-files-'));
  path = join(folder, 'secret');
  warnings.length = 0;
});

afterEach(async () => {
  unwatch();
  await rm(folder, { recursive: true, force: true });
});

function watch(setting: 'stravaCookiesFile' | 'stravaSessionFile' | 'apiKeysFile' | 'adminKeyFile'): void {
  const none = { stravaSessionFile: undefined, apiKeysFile: undefined, adminKeyFile: undefined };
  unwatch = watchSecretFiles({ stravaCookiesFile: join(folder, 'none'), ...none, [setting]: path }, log);
}

describe('a secret file', () => {
  it.each(['stravaCookiesFile', 'stravaSessionFile', 'apiKeysFile', 'adminKeyFile'] as const)(
    'with permissions that are too open is warned of once, and again when they become too open again: %s',
    async (setting) => {
      await writeFile(path, 'secret', { mode: 0o644 });
      watch(setting);
      const warning = `permissions 0644 for ${path} are too open; run chmod 600 ${path}`;
      await eventually(() => warnings.length === 1);
      expect(warnings).toEqual([warning]);
      await chmod(path, 0o600);
      await nextFileChecks();
      await chmod(path, 0o644);
      await eventually(() => warnings.length === 2);
      expect(warnings[1]).toBe(warning);
    },
  );

  it.each([0o600, 0o400, 0o440, 0o640])(
    'of mode %o causes no warning: in a pod the group reads it',
    async (mode) => {
      await writeFile(path, 'secret', { mode });
      watch('apiKeysFile');
      await nextFileChecks();
      expect(warnings).toEqual([]);
    },
  );

  it('that appears later is checked then', async () => {
    watch('stravaCookiesFile');
    await nextFileChecks();
    await writeFile(path, 'secret', { mode: 0o666 });
    await chmod(path, 0o666);
    await eventually(() => warnings.length === 1);
  });
});
