// Compiles src into dist and bundles the page of web into dist/web, in a new folder that then replaces the old one: a running gateway keeps a complete dist, and an
// interrupted build leaves the previous one.
//   node scripts/build.mjs              checks types and compiles
//   node scripts/build.mjs --if-stale   compiles, without the check, if a source file is newer than dist
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import '../src/supported-node.js';

const INPUTS = [
  'src',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  '.swcrc',
];
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

/** The names have a hash of the content, so browsers may keep the files for ever. Compressed once, here. */
async function bundlePage(folder) {
  // Loaded here, because a dist that is up to date needs no bundler.
  const { build: bundle } = await import('esbuild');
  await bundle({
    entryPoints: ['web/main.ts'],
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    writeFileSync(`${path}.br`, brotliCompressSync(content, brotli));
  }
}

async function build(checkTypes) {
  if (checkTypes && !run('typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmit')) return false;
  if (!run('@swc/cli/bin/swc.js', 'src', '--out-dir', fresh, '--strip-leading-paths', '--quiet'))
    return false;
  await bundlePage(join(fresh, 'web'));
  // npx runs the file itself.
  chmodSync(join(fresh, 'main.js'), 0o755);
  if (existsSync(OUTPUT)) renameSync(OUTPUT, old);
  renameSync(fresh, OUTPUT);
  return true;
}

process.chdir(join(import.meta.dirname, '..'));
// With a handler, Ctrl-C ends the compiler, and the folder of this build is removed.
process.on('SIGINT', () => undefined);
const onlyIfStale = process.argv.includes('--if-stale');
try {
  if ((!onlyIfStale || isStale()) && !(await build(!onlyIfStale))) process.exitCode = 1;
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
