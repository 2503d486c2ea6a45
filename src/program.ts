/** The command line: `serve`, which is the command when none is named, and the commands that perform one task. */
import { runCommand, TASKS } from './cli/index.js';
import { serve } from './serve.js';

// Commands that perform one task end at a signal as other programs do; `serve` has its own handlers.
for (const signal of ['SIGTERM', 'SIGINT']) process.removeAllListeners(signal);

const { argv, env, stdout, stderr } = process;
const exitCode = await runCommand(argv.slice(2), [serve, ...TASKS], serve, {
  env,
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
});
// Not process.exit: on some systems it cuts off what stdout has not written yet.
if (exitCode !== undefined) process.exitCode = exitCode;
