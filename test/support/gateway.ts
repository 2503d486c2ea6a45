/** A gateway within the test process, on a free port in front of a simulator, with its log in memory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { systemClock, type Clock } from '../../src/common/clock.js';
import { loadConfig } from '../../src/config/index.js';
import { createGateway, type Gateway } from '../../src/gateway.js';
import { createLogger } from '../../src/logging.js';
import type { Simulator } from '../simulator/simulator.js';

export { eventually } from './eventually.js';

export interface RunningGateway {
  readonly url: string;
  readonly managementUrl: string | undefined;
  readonly gateway: Gateway;
  /** The folder of its cookie file and key file, removed at the end. */
  readonly folder: string;
  readonly cookiesFile: string;
  /** Everything logged so far, at debug level. */
  log(): string;
  /** May be called more than once. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Environment variables in addition to those that point at the simulator. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of the cookie file: {@link fullCookies}, {@link sessionOnly} or other entries. Without it there is no file. */
  readonly cookies?: 'full' | 'session' | readonly object[];
  /** Content of the key file; API keys are off when undefined. */
  readonly keys?: unknown;
  readonly clock?: Clock;
  /** Cookie file of an earlier run, for a restart. */
  readonly cookiesFile?: string;
}

export async function startGateway(
  simulator: Simulator,
  options: GatewayOptions = {},
): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const cookiesFile = options.cookiesFile ?? join(folder, 'strava-cookies.json');
  const cookies =
    options.cookies === 'full'
      ? fullCookies(simulator)
      : options.cookies === 'session'
        ? sessionOnly(simulator)
        : options.cookies;
  if (cookies !== undefined) await writeFile(cookiesFile, JSON.stringify(cookies));
  const keysFile = join(folder, 'api-keys.json');
  if (options.keys !== undefined) await writeFile(keysFile, JSON.stringify(options.keys));
  const config = loadConfig({
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'debug',
      // Gateway and test share one event loop, whose delay must not shed load.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      STRAVA_TILES_URL: simulator.tilesUrl,
      STRAVA_WEB_URL: simulator.webUrl,
      STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
      STRAVA_COOKIES_FILE: cookiesFile,
      ...(options.keys === undefined ? {} : { API_KEYS_FILE: keysFile }),
      ...options.env,
    },
  });
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const gateway = await createGateway(config, createLogger(config, stream), options.clock ?? systemClock);
  const addresses = await gateway.listen();
  let closed: Promise<void> | undefined;
  const close = async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    url: addresses.public,
    managementUrl: addresses.management,
    gateway,
    folder,
    cookiesFile,
    log: () => lines.join(''),
    close: () => (closed ??= close()),
  };
}

/** The cookie file after a login: the session without signed cookies. */
export function sessionOnly(simulator: Simulator): { name: string; value: string }[] {
  return [{ name: '_strava4_session', value: simulator.sessionValue }];
}

/** The session, signed cookies that are valid now, and an unrelated cookie. */
export function fullCookies(simulator: Simulator): { name: string; value: string }[] {
  return [
    { name: 'unrelated', value: 'stays' },
    ...sessionOnly(simulator),
    ...Object.entries(simulator.issueCookies()).map(([name, value]) => ({ name, value })),
  ];
}
