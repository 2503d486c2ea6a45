/** Everything that a gateway process emits during faults, searched for every secret that it was given. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import type { FaultKind } from '../../simulator/switches.js';
import { eventually } from '../../support/eventually.js';
import { fullCookies } from '../../support/gateway.js';
import { startGatewayProcess, type GatewayProcess } from '../../support/gateway-process.js';
import { rawRequest } from '../../support/raw-request.js';
import { Secrets } from '../../support/secrets.js';

const ALICE = 'canary-alices-key-0123456789';
const BOB = 'canary-bobs-key-0123456789';
const OLD = 'canary-expired-key-0123456789';
const ADMIN = 'canary-admin-key-0123456789';
const REDIS_PASSWORD = 'canary-redis-password';
const EMAIL = 'canary.rider@example.com';
const PASSWORD = 'canary-strava-password';
const WRONG = 'canary-key-that-is-not-known';
const TILE = '/xyz/all/hot/14/8000/5000.png';

let simulator: Simulator;
let gateway: GatewayProcess;
const log: string[] = [];
/** All HTTP responses, and the key that a response may repeat because the URL of the request contains it. */
const answers: { readonly text: string; readonly repeated: string | undefined }[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  log.length = 0;
  answers.length = 0;
});

afterEach(async () => {
  if (!gateway.exit()) await gateway.kill();
  await simulator.close();
});

/** Sends the target as it is, and never fails. */
async function ask(target: string, headers: Record<string, string> = {}, repeated?: string): Promise<number> {
  const { status, head, body } = await rawRequest(gateway.url, target, headers).catch(() => ({
    status: 0,
    head: '',
    body: '',
  }));
  answers.push({ text: `${head}\n${body}`, repeated });
  return status;
}

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** Every kind of URL with the key in every place. */
async function askEverything(): Promise<void> {
  const addresses = [
    '/',
    TILE,
    `${TILE}?v=19`,
    '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
    '/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER=nothing',
    '/wmts/1.0.0/WMTSCapabilities.xml',
    '/wmts/1.0.0/run-hot/default/GoogleMapsCompatible/3/1/1.png',
    '/tms/1.0.0/',
    '/tms/1.0.0/all-hot',
    '/tilejson/all/hot.json',
    '/identified/globalheat/all/hot/3/1/1.png',
    '/global/hot/all/3/1/1.png',
    '/health',
    '/readyz',
    '/metrics',
    '/admin/status',
    '/admin/cookies',
    '/nothing',
    '/xyz/%zz',
    '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities?a=b',
    '/wmts?SERVICE=WMTS&REQUEST=http://user:',
    'http://elsewhere.example/',
  ];
  for (const address of addresses) {
    const query = (key: string) => `${address}${address.includes('?') ? '&' : '?'}key=${key}`;
    for (const [name, key] of [
      ['alice', ALICE],
      ['bob', BOB],
    ] as const) {
      await ask(query(key), {}, name);
      await ask(`/k/${key}${address}`, {}, name);
      await ask(address, { 'x-api-key': key });
      await ask(address, basic('user', key));
    }
    await ask(query(WRONG));
    await ask(query(OLD));
    await ask(`${query(ALICE)}&key=${BOB}`);
    await ask(`/k/${ALICE}/k/${BOB}${address}`);
    await ask(address, { authorization: `Bearer ${ADMIN}`, origin: 'https://gpx.studio' });
    await ask(address, { cookie: `_strava4_session=${simulator.sessionValue}`, 'x-api-key': `${ALICE}\t` });
  }
}

async function push(body: string, key = ADMIN): Promise<void> {
  const answer = await fetch(`${gateway.url}/admin/cookies`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}` },
    body,
  });
  answers.push({
    text: `${JSON.stringify([...answer.headers])}\n${await answer.text()}`,
    repeated: undefined,
  });
}

it('the process emits no secret in responses, standard output and error, its folder, and upstream requests', async () => {
  const cookies = fullCookies(simulator);
  const secrets = new Secrets();
  const given = { alice: ALICE, bob: BOB, old: OLD, admin: ADMIN, redis: REDIS_PASSWORD, email: EMAIL };
  for (const [name, value] of Object.entries({ ...given, password: PASSWORD, wrong: WRONG }))
    secrets.add(name, value);
  const keep = (values: readonly string[]) =>
    values.filter((value) => value.length >= 12).forEach((value) => secrets.add('cookie', value));
  keep(cookies.map(({ value }) => value));
  const keys = {
    keys: [
      { id: 'alice', key: ALICE },
      { id: 'bob', sha256: createHash('sha256').update(BOB).digest('hex'), sports: ['all'], maxZoom: 5 },
      { id: 'old', key: OLD, expires: '2020-01-01' },
    ],
  };
  gateway = await startGatewayProcess(simulator, {
    cookies,
    keys,
    env: {
      LOG_LEVEL: 'trace',
      ADMIN_KEY: ADMIN,
      REDIS_URL: `redis://default:${REDIS_PASSWORD}@127.0.0.1:9`,
      SESSION_RENEWAL: 'form',
      STRAVA_EMAIL: EMAIL,
      STRAVA_PASSWORD: PASSWORD,
      CORS_ORIGINS: 'https://gpx.studio',
      UPSTREAM_TIMEOUT_MS: '1000',
    },
    onLog: (line) => log.push(line),
  });
  const cookiesFile = join(gateway.folder, 'strava-cookies.json');
  const keysFile = join(gateway.folder, 'api-keys.json');

  await askEverything();
  simulator.revokeKeyPair();
  await ask(TILE.replace('8000', '8001'), { 'x-api-key': ALICE });
  for (const kind of ['reset', 'html', 'truncated', 'stall', 'status', 'oversize'] satisfies FaultKind[]) {
    simulator.switches.tiles = { kind };
    simulator.switches.web = { kind };
    simulator.revokeKeyPair();
    await ask(`/xyz/all/hot/13/${kind.length}/7.png`, { 'x-api-key': ALICE });
  }
  simulator.switches.tiles = { kind: 'none' };
  simulator.switches.web = { kind: 'none' };
  for (const face of ['redirect', 'no-cookies', 'error'] as const) {
    simulator.endSession(face);
    simulator.revokeKeyPair();
    await ask(`/xyz/all/hot/13/${face.length}/8.png`, { 'x-api-key': ALICE });
    const session = simulator.startNewSession();
    keep([session]);
    await push(`_strava4_session=${session}`);
  }
  await askEverything();
  await push(JSON.stringify(cookies));
  await push(`{"broken": "${simulator.sessionValue}`);
  await push(`_strava4_session=${simulator.sessionValue}`, WRONG);
  const written = await readFile(cookiesFile, 'utf8');
  await writeFile(cookiesFile, `${written.slice(0, -5)}`);
  await writeFile(keysFile, JSON.stringify(keys).replace('"id"', '"kye"'));
  await eventually(() => log.some((line) => /the previous (?:ones|keys) stay in use/.test(line)));
  await writeFile(keysFile, `{"keys": ["${ALICE}"`);
  await eventually(
    () => log.filter((line) => /the previous (?:ones|keys) stay in use/.test(line)).length === 2,
  );
  await writeFile(cookiesFile, written, { mode: 0o600 });
  await ask(TILE, { 'x-api-key': ALICE });
  const files = await readdir(gateway.folder);
  const mode = (await stat(cookiesFile)).mode & 0o777;
  await gateway.stop();

  // Cookies that the simulator issued meanwhile: each of them came back in a request.
  const upstream = simulator.requests.map(({ url, headers, host }) => ({
    host,
    text: JSON.stringify([url, headers]),
  }));
  for (const { headers } of simulator.requests)
    keep(
      String(headers.cookie ?? '')
        .split('; ')
        .map((pair) => pair.slice(pair.indexOf('=') + 1)),
    );

  expect(gateway.stderr()).toBe('');
  expect(log.length).toBeGreaterThan(200);
  expect(log.filter((line) => secrets.in(line).length > 0)).toEqual([]);
  expect(answers.length).toBeGreaterThan(500);
  expect(answers.filter(({ text, repeated }) => secrets.in(text, repeated).length > 0)).toEqual([]);
  expect(answers.filter(({ text }) => /\n\s+at |node_modules|\.js:\d+|127\.0\.0\.1:9\b/.test(text))).toEqual(
    [],
  );
  // Control: the search finds secrets in documents that repeat a key, and in the cookie file.
  expect(answers.some(({ text }) => secrets.in(text).includes('alice'))).toBe(true);
  expect(secrets.in(written)).toContain('cookie');
  for (const name of ['alice', 'bob', 'old', 'admin', 'redis', 'wrong'])
    expect(upstream.filter(({ text }) => secrets.in(text).includes(name))).toEqual([]);
  expect(upstream.filter(({ host, text }) => /anonymous/i.test(host) && secrets.in(text).length > 0)).toEqual(
    [],
  );
  expect(files.sort()).toEqual(['api-keys.json', 'strava-cookies.json']);
  expect(mode).toBe(0o600);
});
