/** The gateway as a process: how `node dist/main.js` handles settings, signals and SIGKILL. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { networkUrls } from '../../src/common/net/page-urls.js';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { sessionOnly } from '../support/gateway.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let simulator: Simulator;
let folder: string;
let cookiesFile: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  simulator = await startSimulator();
  folder = await mkdtemp(join(tmpdir(), 'gateway-process-'));
  cookiesFile = join(folder, 'strava-cookies.json');
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

function run(args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env.PATH!,
      HOME: folder,
      PORT: '0',
      STRAVA_TILES_URL: simulator.tilesUrl,
      STRAVA_WEB_URL: simulator.webUrl,
      STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
      STRAVA_COOKIES_FILE: cookiesFile,
      ...env,
    },
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    // All output has been read.
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal });
    }),
  );
  return {
    child,
    ended,
    out: () => out,
    err: () => err,
    async url() {
      await eventually(() => out.includes('listening on'));
      return /"public":"([^"]+)"/.exec(out)![1]!;
    },
  };
}

describe('the start', () => {
  const refusals: [string, () => Promise<[string[], Record<string, string>]>, RegExp][] = [
    [
      'a public address without keys',
      async () => [[], { HOST: '0.0.0.0' }],
      /HOST is "0\.0\.0\.0".*API_KEYS_FILE/,
    ],
    ['the unspecified IPv6 address', async () => [['--host', '::'], {}], /HOST is "::".*API_KEYS_FILE/],
    [
      'a missing key file',
      async () => [['--apikeys', join(folder, 'none.json')], {}],
      /none\.json: the API key file cannot be read: no such file or directory \(ENOENT\)/,
    ],
    [
      'a named pipe as key file',
      async () => {
        spawnSync('mkfifo', [join(folder, 'pipe')]);
        return [['--apikeys', join(folder, 'pipe')], {}];
      },
      /pipe: the API key file cannot be read: it is a pipe or a device; a regular file/,
    ],
    [
      'a directory as settings file',
      async () => [['--config', folder], {}],
      /the configuration file cannot be read: it is a directory/,
    ],
    ['an empty key file', () => keyFile(''), /keys\.json: the API key file is not usable: it is empty/],
    ['a broken key file', () => keyFile('{"keys": ["secret-key'), /keys\.json: .* not valid JSON/],
    ['a key file without keys', () => keyFile('{"keys": []}'), /keys\.json: .*must contain a key/],
    ['a key file of another form', () => keyFile('["secret-key"]'), /keys\.json: .*accepted: \{"keys"/],
    [
      'a key with forbidden characters',
      () => keyFile('{"keys": ["secret key"]}'),
      /keys\.0: must have 1 to 128 characters/,
    ],
    [
      'a key entry with an unknown field',
      () => keyFile('{"keys": [{"id": "a", "key": "secret-key", "expire": "2020-01-01"}]}'),
      /keys\.0: .*expire/,
    ],
    [
      'a key entry with a bad date',
      () => keyFile('{"keys": [{"id": "a", "key": "secret-key", "expires": "soon"}]}'),
      /keys\.0\.expires: must be a date/,
    ],
    [
      'mode keys without a file',
      async () => [[], { AUTH_MODE: 'keys' }],
      /AUTH_MODE is keys, but API_KEYS_FILE is not set/,
    ],
    [
      'an address with a port',
      async () => [['-host', '127.0.0.1:8080'], {}],
      /flag --host: must be an IP address/,
    ],
    [
      'an address of another machine',
      async () => [[], { HOST: '192.0.2.1', AUTH_MODE: 'open' }],
      /no network interface of this machine has the address "192\.0\.2\.1"; change HOST/,
    ],
    ['a password on the command line', async () => [['-password', 'secret-key'], {}], /set STRAVA_EMAIL and/],
    ['an unknown flag', async () => [['--cokies', 'x'], {}], /--cokies/],
    [
      'a bad number',
      async () => [[], { PORT: 'eighty' }],
      /environment PORT: must be a whole number from 0 to 65535, found "eighty"/,
    ],
    [
      'a bad address',
      async () => [['--target', 'ftp://x'], {}],
      /flag --target: must be an http or https URL/,
    ],
    [
      'a missing settings file',
      async () => [['--config', '/nowhere/gateway.yaml'], {}],
      /gateway\.yaml: the configuration file cannot be read/,
    ],
  ];

  async function keyFile(content: string): Promise<[string[], Record<string, string>]> {
    const file = join(folder, 'keys.json');
    await writeFile(file, content);
    return [[], { API_KEYS_FILE: file }];
  }

  it.each(refusals)('fails with one sentence for %s', async (_name, prepare, sentence) => {
    const [args, env] = await prepare();
    const process = run(args, env);
    expect(await process.ended).toEqual({ code: 2, signal: null });
    expect(process.err()).toMatch(sentence);
    expect(process.err()).not.toMatch(/at \S+ \(|secret-key|node:internal/);
  });

  it('on an older Node is refused before any other file of the program is loaded', async () => {
    const main = join(folder, 'dist', 'main.js');
    await mkdir(dirname(main));
    for (const name of ['main.js', 'supported-node.js'])
      await copyFile(join(dirname(MAIN), name), join(folder, 'dist', name));
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'the-gateway', type: 'module', engines: { node: '>=1000.1.0' } }),
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^the-gateway needs Node 1000\.1 or newer; this is Node [\d.]+\. Install .*\n$/);
  });

  it('lists all invalid settings at once, with their sources', async () => {
    const yaml = join(folder, 'gateway.yaml');
    await writeFile(yaml, 'prot: 8080\nauthMode: ajar\ntileCacheMaxBytes: lots\n');
    const process = run(['--config', yaml], { UPSTREAM_TIMEOUT_MS: '1', STRAVA_SESSION: '  ' });
    expect((await process.ended).code).toBe(2);
    for (const part of [
      'gateway.yaml: unknown setting "prot"',
      'gateway.yaml: authMode: must be one of auto, keys, open, found "ajar"',
      'gateway.yaml: tileCacheMaxBytes: must be a size',
      'environment UPSTREAM_TIMEOUT_MS: must be a whole number',
      'environment STRAVA_SESSION: must not be empty',
    ])
      expect(process.err()).toContain(part);
  });

  it('reads YAML, then the environment, then flags', async () => {
    const yaml = join(folder, 'gateway.yaml');
    await writeFile(yaml, 'emptyTile: not-found\ntileCacheTtl: 100\nupstreamMaxConcurrency: 3\n');
    const process = run(['--config', yaml, '--allow-origins', 'https://flag.example'], {
      TILE_CACHE_TTL: '200',
      CORS_ORIGINS: 'https://env.example',
      STRAVA_SESSION: 'a-secret-session',
    });
    await process.url();
    expect(process.out()).toContain('"emptyTile":"not-found"');
    expect(process.out()).toContain('"tileCacheTtl":200');
    expect(process.out()).toContain('"corsOrigins":["https://flag.example"]');
    expect(process.out()).toContain('"upstreamMaxConcurrency":3');
    expect(process.out()).toContain('"stravaSession":"[redacted]"');
    expect(process.out()).not.toContain('a-secret-session');
  });

  it('takes an IPv6 address in brackets and the flags of Go programs', async () => {
    const process = run(['-host', '[::1]', '-cookies', cookiesFile, '-verbose']);
    expect(await process.url()).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect(process.out()).toContain('"host":"::1"');
    expect(process.out()).toContain('"logLevel":"debug"');
  });

  it('reports the port that is in use', async () => {
    const first = run();
    const { port } = new URL(await first.url());
    const second = run(['--port', port]);
    expect((await second.ended).code).toBe(1);
    expect(second.err()).toMatch(/cannot listen: .*EADDRINUSE.*choose another port/);
  });

  it('prints its flags and its version', async () => {
    const help = run(['--help']);
    expect((await help.ended).code).toBe(0);
    for (const flag of [
      'config',
      'host',
      'port',
      'public-url',
      'cookies',
      'target',
      'apikeys',
      'allow-origins',
    ])
      expect(help.out()).toContain(`--${flag}`);
    const version = run(['--version']);
    expect((await version.ended).code).toBe(0);
    expect(version.out()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('SIGTERM', () => {
  it('fails readiness, finishes requests in flight, and exits with code 0', async () => {
    await writeFile(cookiesFile, JSON.stringify(sessionOnly(simulator)));
    const process = run([], { SHUTDOWN_DELAY_MS: '4000' });
    const url = await process.url();
    const { z, x, y } = tileWithHeat(13);
    expect((await fetch(`${url}/xyz/all/hot/${z}/${x}/${y}.png`)).status).toBe(200);
    simulator.switches.tiles = { kind: 'latency', latencyMs: 5000 };
    const slow = fetch(`${url}/xyz/all/hot/${z}/${x}/${y}@2x.png`);
    await eventually(() => simulator.counters.inFlight.tiles === 1);
    process.child.kill('SIGTERM');
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 503);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const answer = await slow;
    expect([answer.status, (await answer.arrayBuffer()).byteLength > 500]).toEqual([200, true]);
    expect(await process.ended).toEqual({ code: 0, signal: null });
    // A probe that reports the shutdown is not logged as a failure.
    expect(process.out()).not.toContain('"route":"/readyz"');
    expect(await readFile(cookiesFile, 'utf8')).toContain('CloudFront-Signature');
  });

  it('answers what arrived while the process had no CPU at the end of the delay', async () => {
    const process = run([], { SHUTDOWN_DELAY_MS: '4000' });
    const url = await process.url();
    const idle = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await statusOf(`${url}/livez`, idle)).toBe(200);
    process.child.kill('SIGTERM');
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 503);
    process.child.kill('SIGSTOP');
    const answers = [statusOf(`${url}/livez`, idle), statusOf(`${url}/livez`, new Agent())];
    await pause(4100);
    process.child.kill('SIGCONT');
    expect(await Promise.all(answers)).toEqual([200, 200]);
    expect(await process.ended).toEqual({ code: 0, signal: null });
  });
});

/** Rejects when there is no answer. */
function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode!));
    }).once('error', reject);
  });
}

it('SIGTERM during the start exits with code 0 as well', async () => {
  const process = run();
  await eventually(() => process.out().includes('effective settings'));
  process.child.kill('SIGTERM');
  expect(await process.ended).toEqual({ code: 0, signal: null });
});

it('SIGTERM before the program is loaded exits with code 0 as well', async () => {
  // Sends the signal as soon as there is a handler.
  const preload = `const timer = setInterval(() => {
    if (process.listenerCount('SIGTERM') === 0) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 1)`;
  const process = run([], { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` });
  expect(await process.ended).toEqual({ code: 0, signal: null });
  expect([process.out(), process.err()]).toEqual(['', '']);
});

it.each([64, 128])('a limit of %i open files gives one sentence', async (limit) => {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `ulimit -n ${limit} && exec "$0" "$1"`, process.execPath, MAIN],
    {
      encoding: 'utf8',
      env: { HOME: folder, PORT: '0', PATH: process.env.PATH },
    },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^strava-heatmap-gateway cannot start:\s.*(EMFILE|Cannot find).*ulimit -n 4096.*\n$/,
  );
});

describe('a mistake that does not keep the gateway from starting', () => {
  it.each([
    [
      'a misspelt variable',
      { STRAVA_COOKIE_FILE: '/x' },
      'the environment variable STRAVA_COOKIE_FILE is no setting; did you mean STRAVA_COOKIES_FILE?',
    ],
    ['an unknown variable', { STRAVA_MODE: 'x' }, 'STRAVA_MODE is no setting; see docs/settings.md'],
    [
      'a missing cookie file',
      { STRAVA_COOKIES_FILE: '/nowhere/cookies.json' },
      'the cookie file /nowhere/cookies.json does not exist; the gateway reads it as soon as it exists',
    ],
  ])('is logged: %s', async (_what, env, message) => {
    const process = run([], env as Record<string, string>);
    await process.url();
    expect(process.out()).toContain(message);
  });

  it('is logged: a misspelt cookie file', async () => {
    await writeFile(cookiesFile, '[]');
    const process = run(['--cookies', join(folder, 'strava-cookie.json')]);
    await process.url();
    expect(process.out()).toContain(`does not exist; did you mean ${cookiesFile}?`);
  });

  it('is reported by /health: a cookie file of another site', async () => {
    await writeFile(cookiesFile, JSON.stringify([{ name: 'user', value: 'x', domain: '.github.com' }]));
    const url = await run().url();
    const health = (await (await fetch(`${url}/health`)).json()) as { status: string; reason: string };
    expect(health.status).toBe('degraded');
    expect(health.reason).toContain('its cookies are of "github.com", so export them on www.strava.com');
  });
});

it('the folder of the cookie file is created at the start, for its user only', async () => {
  const path = join(folder, 'a', 'b', 'cookies.json');
  await run([], { STRAVA_COOKIES_FILE: path }).url();
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
});

it('the log of a terminal has the URL of the page, and those for other devices', async () => {
  const process = run(['--host', '0.0.0.0'], { LOG_FORMAT: 'pretty', AUTH_MODE: 'open' });
  await eventually(() => process.out().includes('map and settings for clients'));
  const [, page, port] = /map and settings for clients: (http:\/\/127\.0\.0\.1:(\d+)\/)/.exec(process.out())!;
  expect((await fetch(page!)).status).toBe(200);
  const others = networkUrls(`http://0.0.0.0:${port}`, networkInterfaces());
  await eventually(() => process.out().split('in the network: ').length - 1 === others.length);
  for (const url of others) expect(process.out()).toContain(`in the network: ${url}`);
});

it('a start that fails reports it once', async () => {
  const process = run(['--apikeys', join(folder, 'none.json')]);
  await process.ended;
  expect(`${process.out()}${process.err()}`.split('the API key file cannot be read')).toHaveLength(2);
});

it('a cookie file that cannot be parsed is reported by /health, and not treated as missing', async () => {
  await writeFile(cookiesFile, '{"broken": ');
  const url = await run().url();
  const health = (await (await fetch(`${url}/health`)).json()) as { status: string; reason: string };
  expect([health.status, health.reason]).toEqual([
    'degraded',
    expect.stringMatching(/^the Strava cookies cannot be used: the file looks like JSON, but is broken: /),
  ]);
});

it.each([
  ['a named pipe', (path: string) => spawnSync('mkfifo', [path]), 'it is a pipe or a device'],
  ['an endless device', (path: string) => symlink('/dev/zero', path), 'it is a pipe or a device'],
  ['a directory', (path: string) => mkdir(path), 'it is a directory'],
  [
    'a huge file',
    async (path: string) => (await writeFile(path, ''), truncate(path, 6e8)),
    'it has 600.0 MB',
  ],
])('%s as cookie file does not keep the gateway from starting', async (_what, create, problem) => {
  await create(cookiesFile);
  const url = await run().url();
  const health = (await (await fetch(`${url}/health`)).json()) as { status: string; reason: string };
  expect([health.status, health.reason]).toEqual(['degraded', expect.stringContaining(problem)]);
});

describe('kill -9 during refreshes', () => {
  it('never leaves an invalid cookie file and never loses the session', async () => {
    await simulator.close();
    simulator = await startSimulator({ cookieLifetimeSeconds: 2 });
    const padding = Array.from({ length: 200 }, (_, i) => ({ name: `other_${i}`, value: 'x'.repeat(500) }));
    await writeFile(cookiesFile, JSON.stringify([...padding, ...sessionOnly(simulator)]));
    for (let round = 0; round < 8; round++) {
      const before = simulator.counters.refreshes.total;
      const process = run();
      await process.url();
      await eventually(() => simulator.counters.refreshes.total > before);
      // Each round kills the process at another moment of the write that follows the response.
      await new Promise((resolve) => setTimeout(resolve, round * 4));
      process.child.kill('SIGKILL');
      await process.ended;
      const entries = JSON.parse(await readFile(cookiesFile, 'utf8')) as { name: string; value: string }[];
      expect(entries.filter(({ name }) => name.startsWith('other_'))).toEqual(padding);
      expect(entries).toContainEqual(sessionOnly(simulator)[0]);
      if (entries.length > padding.length + 1) expect((await stat(cookiesFile)).mode & 0o777).toBe(0o600);
    }
  });
});
