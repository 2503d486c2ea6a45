// Compiles src into dist, in a new folder that then replaces the old one: a running gateway keeps a complete dist, and an
// interrupted build leaves the previous one.
//   node scripts/build.mjs              checks types and compiles
//   node scripts/build.mjs --if-stale   compiles, without the check, if a source file is newer than dist
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import '../src/supported-node.js';

const INPUTS = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', '.swcrc'];
const OUTPUT = 'dist';
const fresh = `${OUTPUT}.${process.pid}`;
const old = `${fresh}.old`;

/** Milliseconds since the epoch. Folders count too: a removed file changes the time of its folder. */
function newest(path) {
  const entry = statSync(path);
  const inside = entry.isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(entry.mtimeMs, ...inside);
}

function isStale() {
  const compiled = statSync(join(OUTPUT, 'main.js'), { throwIfNoEntry: false });
  return compiled === undefined || Math.max(...INPUTS.map(newest)) > compiled.mtimeMs;
}

function run(program, ...words) {
  const { status } = spawnSync(process.execPath, [join('node_modules', program), ...words], {
    stdio: 'inherit',
  });
  return status === 0;
}

function build(checkTypes) {
  if (checkTypes && !run('typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmit')) return false;
  if (!run('@swc/cli/bin/swc.js', 'src', '--out-dir', fresh, '--strip-leading-paths', '--quiet'))
    return false;
  if (existsSync(OUTPUT)) renameSync(OUTPUT, old);
  renameSync(fresh, OUTPUT);
  return true;
}

process.chdir(join(import.meta.dirname, '..'));
// With a handler, Ctrl-C ends the compiler, and the folder of this build is removed.
process.on('SIGINT', () => undefined);
const onlyIfStale = process.argv.includes('--if-stale');
try {
  if ((!onlyIfStale || isStale()) && !build(!onlyIfStale)) process.exitCode = 1;
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
