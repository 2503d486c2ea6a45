/** The command `serve`: reads settings, starts the gateway, and stops it at a signal. */
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename, dirname, join } from 'node:path';
import 'reflect-metadata';
import { KeyFileError } from './auth-keys/index.js';
import { EXIT, type Call, type Command, type Option } from './cli/index.js';
import { ListenError } from './common/net/listen-error.js';
import { localUrl, networkUrls } from './common/net/page-urls.js';
import { nearest } from './common/text/nearest.js';
import { VERSION } from './common/version.js';
import {
  ConfigError,
  describeConfig,
  loadConfig,
  SETTINGS,
  unknownVariables,
  type Config,
  type Setting,
} from './config/index.js';
import type { Gateway } from './gateway.js';
import { createLogger, isReadable } from './logging.js';

/** What the values of the options are called in the help. */
const VALUES: Readonly<Record<string, string>> = {
  host: 'HOST',
  port: 'PORT',
  'public-url': 'URL',
  cookies: 'FILE',
  target: 'URL',
  apikeys: 'FILE',
  'allow-origins': 'LIST',
};

const TOO_FEW_FILES =
  'the limit of open files is too low (EMFILE); raise it, such as with "ulimit -n 4096", or LimitNOFILE= of systemd';

const NO_LOGIN_OPTIONS =
  'set STRAVA_EMAIL and STRAVA_PASSWORD instead, because every user of the machine can read a command line';

/** Options of strava-heatmap-proxy and its forks that are no settings here. */
const PROXY_OPTIONS: Readonly<Record<string, Option>> = {
  verbose: { help: 'Log at level debug, as with LOG_LEVEL=debug.' },
  'no-init': { help: 'No effect: cookies are refreshed at start only if they are missing or expire soon.' },
  email: { value: 'TEXT', help: '', refused: NO_LOGIN_OPTIONS },
  password: { value: 'TEXT', help: '', refused: NO_LOGIN_OPTIONS },
};

export const serve: Command = {
  name: 'serve',
  summary: 'Start the gateway. This is the default.',
  description: `Starts the gateway. At SIGTERM, it reports "not ready" for SHUTDOWN_DELAY_MS while it serves requests, then
completes open requests and exits with code 0. At SIGINT (Ctrl-C), it does the same without the delay. A second signal ends
the process at once.`,
  operands: [],
  options: {
    ...optionsOfSettings(),
    ...PROXY_OPTIONS,
    version: { short: 'v', help: 'Print the version.' },
  },
  async run(call) {
    try {
      await start(call);
    } catch (error) {
      call.tell(
        `strava-heatmap-gateway cannot start:\n${problemsOf(error)
          .map((line) => `  ${line}`)
          .join('\n')}`,
      );
      // At once, because a part that has started already keeps the process running.
      process.exit(isPermanent(error) ? EXIT.usage : EXIT.failed);
    }
    return undefined;
  },
};

/** One option for each setting that has a flag. */
function optionsOfSettings(): Record<string, Option> {
  const settings = Object.values<Setting>(SETTINGS).filter(({ flag }) => flag !== undefined);
  return Object.fromEntries(
    settings.map(({ flag, env, help }) => [
      flag!,
      { value: VALUES[flag!] ?? 'VALUE', help: `${help} [${env}]` },
    ]),
  );
}

async function start({ env, flags: { config: file, ...flags }, switches }: Call): Promise<void> {
  // First, because the kernel sends process 1 of a container only those signals that it has a handler for.
  const stop = stopOnSignals();
  const config = loadConfig({
    env: switches.has('verbose') ? { ...env, LOG_LEVEL: 'debug' } : env,
    flags,
    file,
  });
  const log = createLogger(config);
  // After one of these the state of the process is unknown.
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (err: unknown) => {
      log.fatal({ err, event }, 'the process cannot go on');
      process.exit(EXIT.failed);
    });
  const readable = isReadable(config);
  if (!readable) log.info({ version: VERSION, settings: describeConfig(config) }, 'effective settings');
  for (const { variable, near } of unknownVariables(env))
    log.warn(
      { variable, near },
      `the environment variable ${variable} is no setting; ${near === undefined ? 'see docs/settings.md' : `did you mean ${near}?`}`,
    );
  const missing = missingCookieFile(config);
  if (missing !== undefined) log.warn(missing);
  // Loaded here, because the other commands start in a fraction of the time without it.
  const { createGateway } = await import('./gateway.js');
  const gateway = await createGateway(config, log);
  const addresses = await gateway.listen();
  stop.with(gateway, config.shutdownDelayMs, (signal) => log.info({ signal }, 'stopping'));
  log.info(addresses, `listening on ${addresses.public}`);
  if (!readable) return;
  log.info(changedSettings(config), `version ${VERSION}, settings that differ from the defaults`);
  log.info(`map and settings for clients: ${config.publicUrl ?? localUrl(addresses.public)}`);
  for (const url of networkUrls(addresses.public, networkInterfaces())) log.info(`in the network: ${url}`);
}

/** Ends the process at once until there is a gateway, which then stops in order. */
function stopOnSignals() {
  let stop = (_signal: NodeJS.Signals): Promise<void> => process.exit(EXIT.ok);
  let stopping = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    // Those of main.ts, for the time before.
    process.removeAllListeners(name);
    process.on(name, (signal) => {
      // A second signal ends a stop that takes too long.
      if (stopping) process.exit(EXIT.failed);
      stopping = true;
      void stop(signal);
    });
  }
  return {
    /** SIGTERM comes from a scheduler, which needs a delay to send requests elsewhere; SIGINT comes from a terminal. */
    with(gateway: Gateway, delayMs: number, tell: (signal: string) => void): void {
      stop = async (signal) => {
        tell(signal);
        gateway.drain();
        if (signal === 'SIGTERM') await new Promise((resolve) => setTimeout(resolve, delayMs));
        await gateway.close();
        process.exit(EXIT.ok);
      };
    },
  };
}

/** A path that was set has to be right, unlike the default one. */
function missingCookieFile(config: Config): string | undefined {
  const { stravaCookiesFile: path, stravaSession, stravaSessionFile } = config;
  if (stravaSession || stravaSessionFile !== undefined) return undefined;
  if (existsSync(path) || !('stravaCookiesFile' in changedSettings(config))) return undefined;
  let near: string | undefined;
  try {
    near = nearest(basename(path), readdirSync(dirname(path)));
  } catch {
    // The folder does not exist either.
  }
  const hint = near === undefined ? '' : `; did you mean ${join(dirname(path), near)}?`;
  return `the cookie file ${path} does not exist${hint}; the gateway reads it as soon as it exists`;
}

function changedSettings(config: Config): object {
  const defaults = describeConfig(loadConfig({ env: {}, flags: {}, file: undefined }));
  return Object.fromEntries(
    Object.entries(describeConfig(config)).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
    ),
  );
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  const { code, message } = error as NodeJS.ErrnoException;
  // The loader of Node takes a package that it may not open for a missing one.
  if (code === 'ERR_MODULE_NOT_FOUND')
    return [`${message}; it is not installed ("npm ci"), or ${TOO_FEW_FILES}`];
  return [code === 'EMFILE' || code === 'ENFILE' ? TOO_FEW_FILES : message];
}

/** Whether another start with the same settings fails as well. */
function isPermanent(error: unknown): boolean {
  if (error instanceof ListenError) return error.permanent;
  return error instanceof ConfigError || error instanceof KeyFileError;
}
