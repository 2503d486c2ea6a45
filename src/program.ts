/** Command line of the gateway: reads settings, starts, and stops cleanly. */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { KeyFileError } from './auth-keys/index.js';
import { COMMAND_LIST, runCommand } from './cli/index.js';
import { VERSION } from './common/version.js';
import { ConfigError, describeConfig, loadConfig, SETTINGS, type Setting } from './config/index.js';
import type { Gateway } from './gateway.js';
import { createLogger } from './logging.js';

const FLAGS = Object.values<Setting>(SETTINGS).filter(({ flag }) => flag !== undefined);

const HELP = `strava-heatmap-gateway ${VERSION}
WMTS and XYZ tiles of the Strava Global Heatmap, with cookies that stay fresh.

Usage: strava-heatmap-gateway [options]
       strava-heatmap-gateway COMMAND

  --config FILE          YAML file of settings (or GATEWAY_CONFIG)
${FLAGS.map(({ flag, env, help }) => `  --${flag!.padEnd(20)} ${help} (${env})`).join('\n')}
  --help, --version

Commands ("COMMAND --help" tells more):
${COMMAND_LIST}

Every other setting is an environment variable; config/default.yaml lists them all.
`;

/** Exit codes: 0 stopped cleanly, 1 failed while starting or running, 2 wrong settings or flags. */
async function main(): Promise<void> {
  const words = process.argv.slice(2);
  if (words[0] !== undefined && !words[0].startsWith('-')) {
    const { stdout, stderr, env } = process;
    const terminal = {
      env,
      out: (text: string) => stdout.write(text),
      err: (text: string) => stderr.write(text),
    };
    process.exitCode = await runCommand(words, terminal);
    return;
  }
  // First of all: process 1 of a container is killed by no signal that it has no handler for.
  const stop = stopOnSignals();
  const flags = parseFlags(words);
  if (flags.help) return void process.stdout.write(HELP);
  if (flags.version) return void process.stdout.write(`${VERSION}\n`);
  const config = loadConfig({ env: process.env, flags: flags.values, file: flags.config });
  const log = createLogger(config);
  // Nothing is known of the state after these; a fresh process is better than a broken one.
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (err: unknown) => {
      log.fatal({ err, event }, 'the process cannot go on');
      process.exit(1);
    });
  log.info({ version: VERSION, settings: describeConfig(config) }, 'effective settings');
  // Loaded only here: commands start in a fraction of the time without it.
  const { createGateway } = await import('./gateway.js');
  const gateway = await createGateway(config, log);
  const addresses = await gateway.listen();
  stop.with(gateway, config.shutdownDelayMs, (signal) => log.info({ signal }, 'stopping'));
  log.info(addresses, `listening on ${addresses.public}`);
}

interface Flags {
  readonly help: boolean;
  readonly version: boolean;
  readonly config: string | undefined;
  readonly values: Readonly<Record<string, string | undefined>>;
}

function parseFlags(args: string[]): Flags {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    config: { type: 'string' },
  };
  for (const { flag } of FLAGS) options[flag!] = { type: 'string' };
  try {
    const { help, version, config, ...values } = parseArgs({ args, options, strict: true }).values;
    return {
      help: help === true,
      version: version === true,
      config: config as string | undefined,
      values: values as Record<string, string>,
    };
  } catch (error) {
    throw new ConfigError([`${(error as Error).message} (--help lists the flags)`]);
  }
}

/** Ends the process at once until there is a gateway, and from then on as that one needs it. */
function stopOnSignals() {
  let stop = (_signal: NodeJS.Signals): Promise<void> => process.exit(0);
  let stopping = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, (signal) => {
      // The second signal is from somebody who has waited long enough.
      if (stopping) process.exit(1);
      stopping = true;
      void stop(signal);
    });
  return {
    /** SIGTERM comes from a scheduler, which needs a moment to send requests elsewhere; SIGINT from a person, who does not. */
    with(gateway: Gateway, delayMs: number, tell: (signal: string) => void): void {
      stop = async (signal) => {
        tell(signal);
        gateway.drain();
        if (signal === 'SIGTERM') await new Promise((resolve) => setTimeout(resolve, delayMs));
        await gateway.close();
        process.exit(0);
      };
    },
  };
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof KeyFileError;
  const code = (error as NodeJS.ErrnoException).code;
  const sentence =
    code === 'EADDRINUSE' || code === 'EACCES'
      ? `cannot listen: ${(error as Error).message}; choose another PORT`
      : (error as Error).message;
  const lines = error instanceof ConfigError ? error.problems : [sentence];
  process.stderr.write(
    `strava-heatmap-gateway cannot start:\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exit(known ? 2 : 1);
});
