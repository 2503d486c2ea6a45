/** The program of a checkout, `npx strava-heatmap-gateway`, with and without a build. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { VERSION } from '../../src/common/version.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const at = temporaryFolder();
const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = 'bin/strava-heatmap-gateway.js';

it('is found by npx, and names npx in its hints', () => {
  const run = (...words: string[]) =>
    spawnSync('npx', ['strava-heatmap-gateway', ...words], { cwd: ROOT, encoding: 'utf8' });
  expect(run('--version').stdout).toBe(`${VERSION}\n`);
  expect(run('keys', 'lst').stderr).toContain('(see "npx strava-heatmap-gateway keys --help")');
});

it('says what to do before the dependencies are installed', async () => {
  await mkdir(at('bin'));
  await copyFile(join(ROOT, PROGRAM), at(PROGRAM));
  await writeFile(at('package.json'), '{"type": "module"}');
  const { status, stdout, stderr } = spawnSync(process.execPath, [at(PROGRAM)], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^The program is not built; run "npm ci" in .* first\.\n$/);
});

it('builds first without a build, and keeps the standard output of the command clean', async () => {
  for (const folder of ['bin', 'scripts', 'node_modules/@swc/core'])
    await mkdir(at(folder), { recursive: true });
  await copyFile(join(ROOT, PROGRAM), at(PROGRAM));
  await writeFile(at('package.json'), '{"type": "module"}');
  await writeFile(
    at('scripts/build.mjs'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
     console.log('building', process.argv[2]);
     mkdirSync('${at('dist')}');
     writeFileSync('${at('dist/main.js')}', 'console.log("ran", process.argv[2])');`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [at(PROGRAM), '--version'], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'ran --version\n',
    stderr: 'building --if-stale\n',
  });
});
