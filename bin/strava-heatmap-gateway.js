#!/usr/bin/env node
// The program from a checkout: `npx strava-heatmap-gateway`. Without a build, it builds first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

if (!existsSync(at('dist/main.js'))) {
  if (!existsSync(at('node_modules/@swc/core'))) {
    process.stderr.write(`The program is not built; run "npm ci" in ${at('.')} first.\n`);
    process.exit(1);
  }
  // Standard output belongs to the command.
  const stdio = ['ignore', 2, 2];
  const { status } = spawnSync(process.execPath, [at('scripts/build.mjs'), '--if-stale'], { stdio });
  if (status !== 0) process.exit(1);
}
await import('../dist/main.js');
