#!/usr/bin/env node
/** Entry point. An older Node cannot parse every dependency, so the program is loaded only after the check. */
import './supported-node.js';

// While the program is loaded: the kernel sends process 1 of a container only those signals that it has a handler for.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

import('./program.js').catch((error: NodeJS.ErrnoException) => {
  const advice =
    error.code === 'EMFILE' ? '; raise the limit of open files, such as with "ulimit -n 4096"' : '';
  process.stderr.write(`strava-heatmap-gateway cannot start: ${error.message}${advice}\n`);
  process.exit(1);
});
