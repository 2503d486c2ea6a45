// The gateway under load and faults, for a while:
//   npm run soak -- [--seconds N] [--seed N]
// Without a number of seconds every fault is played once, which takes about 90 s.
// Clients, simulated upstream and the schedule of faults run here, the gateway in a process of its own. The last line of
// the report tells the number of violations; there are none when the exit code is 0.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CookieFileWatch } from './checks/cookie-file-watch.js';
import { Crowd } from './clients/clients.js';
import { Files } from './setup/files.js';
import { freePorts } from './setup/free-ports.js';
import { Gateway } from './setup/gateway.js';
import { newKey } from './clients/keys.js';
import { LogWatch } from './checks/log-watch.js';
import { Mix } from './clients/request-mix.js';
import { Random } from './random.js';
import { Referee } from './checks/outcome-checker.js';
import { report } from './report.js';
import { playSchedule, type Played } from './schedule.js';
import { Secrets } from '../support/secrets.js';
import * as settings from './settings.js';
import { Stage } from './faults/fault-context.js';
import { Tally } from './tally.js';
import { drawTiles } from './clients/tiles.js';
import { Upstream } from './setup/upstream.js';
import { Watch } from './checks/gateway-monitor.js';
import { Windows } from './checks/fault-windows.js';
import { Withheld } from './checks/scheduling-delay.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const seconds = values.seconds === undefined ? undefined : wholeNumber('seconds', values.seconds);
const seed = wholeNumber('seed', values.seed);

const folder = await mkdtemp(join(tmpdir(), 'gateway-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
// A signal by itself would end this process without what is to be done at its exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = (await soak(folder)) ? 0 : 1;

/** Whether there were no violations. */
async function soak(directory: string): Promise<boolean> {
  const random = new Random(seed);
  const secrets = new Secrets();
  const tally = new Tally();
  const windows = new Windows();
  const files = new Files(directory);
  const log = new LogWatch(secrets, tally);

  const keys = ['first', 'second', 'third'].map((name) => newKey(`the ${name} API key`));
  for (const { name, value } of keys) secrets.add(name, value);
  const adminKey = randomBytes(24).toString('base64url');
  secrets.add('the admin key', adminKey);

  const [port, ...upstreamPorts] = (await freePorts(4, random)) as [number, number, number, number];
  const upstream = new Upstream({
    ports: upstreamPorts,
    cookieLifetimeSeconds: settings.COOKIE_LIFETIME_SECONDS,
    issued: (name, value) => {
      // When they expire is no secret.
      if (name !== '_strava_CloudFront-Expires') secrets.add(name, value);
    },
  });
  secrets.add('a session', upstream.sessionValue);
  await upstream.plugIn();
  await files.putSession(upstream.sessionValue);
  await files.putKeys(keys);

  console.log('drawing tiles ...');
  const tiles = drawTiles(random);
  const env = environment(directory, port, upstream, files, adminKey);
  const withheld = new Withheld();
  const gateway = new Gateway(env, log, secrets, tally, withheld);
  const upstreamHosts = Object.values(upstream.urls).map((url) => new URL(url).host);
  const referee = new Referee({ windows, secrets, tally, withheld, upstreamHosts });
  const mix = new Mix(tiles, keys, referee.validators);
  const crowd = new Crowd({ port, seed, mix, key: keys[0]!, referee, tally, withheld, upstream });
  const watch = new Watch(crowd, mix, tally);
  const cookieFileWatch = new CookieFileWatch(files, tally);
  const means = { upstream, gateway, windows, files, log, secrets, tally, withheld };
  const stage = new Stage({ ...means, random, mix, crowd, referee, keys, adminKey });

  const began = performance.now();
  try {
    await gateway.start();
    console.log(`the gateway listens; faults are played for ${seconds ?? 'about 90'} s ...`);
    crowd.start();
    watch.start();
    const played = await playSchedule(stage, crowd, watch, seconds).catch((error: unknown): Played => {
      tally.violation(`the soak cannot go on: ${(error as Error).message}`);
      return { lives: [], left: [] };
    });
    await Promise.all([crowd.stop(), watch.stop()]);
    referee.settle();
    await gateway.terminate();
    const { counters } = upstream;
    const counts = { starts: gateway.starts, logLines: log.lines, secrets: secrets.count };
    const withheldSeconds = withheld.total / 1000;
    const took = (performance.now() - began) / 1000;
    process.stdout.write(
      report({ seconds: took, seed, tally, played, counters, ...counts, withheldSeconds }),
    );
    return tally.violationCount === 0;
  } finally {
    await gateway.kill();
    withheld.stop();
    cookieFileWatch.stop();
    await upstream.unplug();
  }
}

/** All that the gateway is given; nothing of this process's own environment but where programs are. */
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
    // Some dozens of layers: documents of a size that clients can ask for all the time.
    SPORT_GROUPS: 'top,foot,cycle',
    // Everything that could be said is said, and searched for secrets.
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
  };
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--${flag} must be a whole number, not "${text}".`);
  return Number(text);
}
