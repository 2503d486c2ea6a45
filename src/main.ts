#!/usr/bin/env node
/** Entry point. An older Node cannot parse every dependency, so the program is loaded only after the check. */
import './supported-node.js';

// While the program is loaded: the kernel sends process 1 of a container only those signals that it has a handler for.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

const TOO_FEW_FILES = 'the limit of open files is too low; raise it, such as with "ulimit -n 4096"';
const ADVICE: Readonly<Record<string, string>> = {
  EMFILE: `; ${TOO_FEW_FILES}`,
  // The loader of Node takes a package that it may not open for a missing one.
  ERR_MODULE_NOT_FOUND: `; it is not installed ("npm ci"), or ${TOO_FEW_FILES}`,
};

import('./program.js').catch((error: NodeJS.ErrnoException) => {
  const advice = ADVICE[error.code ?? ''] ?? '';
  process.stderr.write(`strava-heatmap-gateway cannot start: ${error.message}${advice}\n`);
  process.exit(1);
});
