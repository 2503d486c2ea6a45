import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The build in a small project of its own. */
describe('the build', () => {
  const at = temporaryFolder();
  const build = (...words: string[]) =>
    promisify(execFile)(process.execPath, [at('scripts/build.mjs'), ...words]);
  const compiled = () => readFileSync(at('dist/main.js'), 'utf8');
  /** Writes src/main.ts with a time `seconds` from now. */
  function write(text: string, seconds: number): void {
    writeFileSync(at('src/main.ts'), text);
    const time = Date.now() / 1000 + seconds;
    utimesSync(at('src/main.ts'), time, time);
  }

  beforeEach(() => {
    for (const folder of ['src', 'web']) mkdirSync(at(folder));
    writeFileSync(at('web/main.ts'), 'document.title;');
    for (const path of [
      'scripts/build.mjs',
      'src/supported-node.js',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      '.swcrc',
    ])
      cpSync(path, at(path));
    symlinkSync(resolve('node_modules'), at('node_modules'));
    write('export const version: number = 1;', 0);
  });

  it('compiles only if a source file is newer than dist', async () => {
    await build('--if-stale');
    expect(compiled()).toContain('version = 1');
    write('export const version: number = 2;', -3600);
    const past = Date.now() / 1000 - 1800;
    utimesSync(at('src'), past, past);
    await build('--if-stale');
    expect(compiled()).toContain('version = 1');
    write('export const version: number = 3;', 3600);
    await build('--if-stale');
    expect(compiled()).toContain('version = 3');
  });

  it('makes the program executable, as npx needs it', async () => {
    await build('--if-stale');
    expect(statSync(at('dist/main.js')).mode & 0o111).toBe(0o111);
  });

  it.each([
    { problem: 'a syntax error', text: 'export const = ;', words: ['--if-stale'] },
    { problem: 'a type error', text: 'export const version: number = "2";', words: [] },
  ])('keeps the previous dist and exits with 1 at $problem', async ({ text, words }) => {
    await build('--if-stale');
    write(text, 3600);
    await expect(build(...words)).rejects.toMatchObject({ code: 1 });
    expect(compiled()).toContain('version = 1');
    expect(readdirSync(at('.')).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
  });
});
