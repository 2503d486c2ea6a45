// Runs the built gateway under load and plays every fault:
//   npm run soak -- [--seconds N] [--seed N]
// Each fault is played once; --seconds is the least duration. Clients, simulated upstream and schedule run in this process,
// the gateway in its own. Exit code 1: there were violations; the last line of the report gives their number.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBuiltGateway } from '../support/built-gateway.js';
import { freePorts } from '../support/programs/free-port.js';
import { exitOnSignals } from '../support/run/exit-on-signals.js';
import { LogWatch } from '../support/run/log-watch.js';
import { numberOptions } from '../support/run/number-options.js';
import { Random } from '../support/run/random.js';
import { Secrets } from '../support/secrets.js';
import { CookieFileWatch } from './checks/cookie-file-watch.js';
import { FaultWindows } from './checks/fault-windows.js';
import { GatewayMonitor } from './checks/gateway-monitor.js';
import { OutcomeChecker } from './checks/outcome-checker.js';
import { SchedulingDelay } from './checks/scheduling-delay.js';
import { Clients } from './clients/clients.js';
import { newKey, newLimitedKey } from './clients/keys.js';
import { RequestMix } from './clients/request-mix.js';
import { drawTiles } from './clients/tiles.js';
import { FaultContext } from './faults/fault-context.js';
import { EXPECTED_ERRORS } from './log-messages.js';
import { report } from './report.js';
import { playSchedule } from './schedule.js';
import * as settings from './settings.js';
import { Files } from './setup/files.js';
import { Gateway } from './setup/gateway.js';
import { Upstream } from './setup/upstream.js';
import { Tally } from './tally.js';

const { seconds = 0, seed = 1 } = numberOptions(['seconds', 'seed']);

const folder = await mkdtemp(join(tmpdir(), 'gateway-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
exitOnSignals();
process.exitCode = (await soak(folder)) ? 0 : 1;

/** Whether there were no violations. */
async function soak(directory: string): Promise<boolean> {
  const random = new Random(seed);
  const secrets = new Secrets();
  const tally = new Tally();
  const windows = new FaultWindows();
  const files = new Files(directory);
  const log = new LogWatch(secrets, tally, EXPECTED_ERRORS);

  const keys = ['first', 'second', 'third'].map((name) => newKey(`the ${name} API key`));
  const special = {
    limitedKey: newLimitedKey('the limited API key', { max: 3, seconds: 3 }),
    greedyKey: newKey('the greedy API key'),
    politeKey: newKey('the polite API key'),
    burstKey: newLimitedKey('the API key of bursts', { max: 30, seconds: 60 }),
  };
  const allKeys = [...keys, ...Object.values(special)];
  for (const { name, value } of allKeys) secrets.add(name, value);
  const adminKey = randomBytes(24).toString('base64url');
  secrets.add('the admin key', adminKey);

  const [port, ...upstreamPorts] = (await freePorts(4, (bound) => random.below(bound))) as [
    number,
    number,
    number,
    number,
  ];
  const upstream = new Upstream({
    ports: upstreamPorts,
    cookieLifetimeSeconds: settings.COOKIE_LIFETIME_SECONDS,
    issued: (name, value) => {
      // The expiry is not a secret.
      if (name !== '_strava_CloudFront-Expires') secrets.add(name, value);
    },
  });
  secrets.add('a session', upstream.sessionValue);
  await upstream.open();
  await files.putSession(upstream.sessionValue);
  await files.putKeys(allKeys);

  console.log('drawing tiles ...');
  const tiles = drawTiles(random);
  const env = environment(directory, port, upstream, files, adminKey);
  const delay = new SchedulingDelay();
  const gateway = new Gateway(env, join(directory, 'clock-shift'), log, secrets, tally, delay);
  const upstreamHosts = Object.values(upstream.urls).map((url) => new URL(url).host);
  const checker = new OutcomeChecker({ windows, secrets, tally, delay, upstreamHosts });
  const mix = new RequestMix(tiles, keys, checker.etags);
  const clients = new Clients({ port, seed, mix, key: keys[0]!, checker, tally, delay, upstream });
  const monitor = new GatewayMonitor(clients, mix, tally);
  const cookieFileWatch = new CookieFileWatch(files, tally);
  const parts = { upstream, gateway, windows, files, log, secrets, tally, delay };
  const startAnother = (more: Readonly<Record<string, string>>) =>
    startBuiltGateway(
      {
        ...env,
        PORT: '0',
        STRAVA_COOKIES_FILE: join(directory, 'other-cookies.json'),
        STRAVA_SESSION: upstream.sessionValue,
        ...more,
      },
      log.take,
    );
  const context = new FaultContext({
    ...parts,
    ...special,
    random,
    mix,
    clients,
    checker,
    keys: allKeys,
    adminKey,
    startAnother,
  });

  const start = performance.now();
  try {
    await gateway.start();
    console.log(`the gateway listens; playing faults ...`);
    clients.start();
    monitor.start();
    const processes = await playSchedule(context, monitor, seconds).catch((error: unknown) => {
      tally.add(`the schedule failed: ${(error as Error).message}`);
      return [];
    });
    await Promise.all([clients.stop(), monitor.stop()]);
    checker.checkPending();
    await gateway.terminate();
    process.stdout.write(
      report({
        seconds: (performance.now() - start) / 1000,
        seed,
        tally,
        processes,
        counters: upstream.counters,
        starts: gateway.starts,
        logLines: log.levels.total,
        secrets: secrets.count,
        delayMs: delay.total,
      }),
    );
    return tally.count === 0;
  } finally {
    await gateway.kill();
    delay.stop();
    cookieFileWatch.stop();
    await upstream.close();
  }
}

/** The complete environment of the gateway; only PATH is inherited. */
function environment(
  directory: string,
  port: number,
  { urls }: Upstream,
  files: Files,
  adminKey: string,
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    PORT: String(port),
    STRAVA_TILES_URL: urls.tiles,
    STRAVA_WEB_URL: urls.web,
    STRAVA_ANONYMOUS_TILES_URL: urls.anonymous,
    STRAVA_COOKIES_FILE: files.cookies,
    API_KEYS_FILE: files.keys,
    ADMIN_KEY: adminKey,
    UPSTREAM_TIMEOUT_MS: String(settings.UPSTREAM_TIMEOUT_MS),
    UPSTREAM_MAX_CONCURRENCY: String(settings.UPSTREAM_MAX_CONCURRENCY),
    SHUTDOWN_DELAY_MS: String(settings.SHUTDOWN_DELAY_MS),
    TILE_CACHE_MAX_BYTES: String(settings.TILE_CACHE_MAX_BYTES),
    TILE_CACHE_TTL: String(settings.TILE_CACHE_TTL_SECONDS),
    // Some dozens of layers: documents small enough to be requested all the time.
    SPORT_GROUPS: 'top,foot,cycle',
    // All log lines are written, and searched for secrets.
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
  };
}
