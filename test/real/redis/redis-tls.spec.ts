/** A real Redis that speaks TLS alone and asks who comes: what replicas share by it, and what they say when one of the two does not fit. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { fenced, textOf } from '../../monitoring/files.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { startGatewayProcess, type GatewayProcess } from '../../support/gateway-process.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { issue, makeAuthority, type Certificate } from './certificates.js';

let folder: string;
let authority: Certificate;
let stranger: Certificate;
/** By `authority`. */
let here: Certificate;
/** The same for another host. */
let elsewhere: Certificate;
let simulator: Simulator;
let redis: RedisServer;
const replicas: GatewayProcess[] = [];
const log: string[] = [];

/** All that a gateway needs, as the manual has it. */
const [, ...USER] = fenced(textOf('docs/operations.md'), 'acl')[0]!
  .replace('>password', '>right-password')
  .split(' ');

async function startTlsRedis(certificate: Certificate): Promise<void> {
  redis = await startRedis({
    'tls-cert-file': certificate.file,
    'tls-key-file': certificate.keyFile,
    'tls-ca-cert-file': authority.file,
    user: USER,
  });
}

async function startReplica(url: string, env: Record<string, string> = {}): Promise<GatewayProcess> {
  const replica = await startGatewayProcess(simulator, {
    env: {
      REDIS_URL: url,
      STRAVA_SESSION: simulator.sessionValue,
      // A busy machine is not what these tests are about.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...env,
    },
    onLog: (line) => log.push(line),
  });
  replicas.push(replica);
  return replica;
}

/** What the log says beyond the usual. */
const complaints = () =>
  log
    .map((line) => JSON.parse(line) as { level: string; msg: string; problem?: string })
    .filter(({ level }) => ['warn', 'error', 'fatal'].includes(level));

const status = async (replica: GatewayProcess, path: string) => (await fetch(`${replica.url}${path}`)).status;
const hits = async (replica: GatewayProcess) =>
  (await replica.metrics()).value('heatmap_tile_requests_total{encoding="xyz",outcome="hit"}');

const TILE = '/xyz/all/hot/14/8000/5000.png';

/** Whether Redis has a tile, which is written after the response. */
async function hasTile(): Promise<boolean> {
  const client = new Redis(redis.url, { tls: { ca: await readFile(authority.file) } });
  try {
    return (await client.keys('heatmap:tile:*')).length > 0;
  } finally {
    client.disconnect();
  }
}

/** Two replicas of which one has what the other fetched. */
async function expectSharing(url: string): Promise<void> {
  const env = { REDIS_CA_FILE: authority.file, RATE_LIMIT_PER_ADDRESS: '1000' };
  const one = await startReplica(url, env);
  const two = await startReplica(url, env);
  expect(simulator.counters.refreshes.total).toBe(1);
  expect(await status(one, TILE)).toBe(200);
  await eventually(hasTile);
  expect(await status(two, TILE)).toBe(200);
  expect(await hits(two)).toBe(1);
  expect(simulator.counters.requests.tiles).toBe(1);
  simulator.revokeKeyPair();
  expect(await status(one, '/xyz/all/hot/14/8001/5000.png')).toBe(200);
  expect(await status(two, '/xyz/all/hot/14/8002/5000.png')).toBe(200);
  expect(simulator.counters.refreshes.total).toBe(2);
  for (const replica of [one, two]) {
    expect((await replica.metrics()).value('heatmap_redis_up')).toBe(1);
    expect((await fetch(`${replica.url}${TILE}`)).headers.get('ratelimit-limit')).toBe('1000');
  }
  expect(complaints()).toEqual([]);
}

const BOTH = 'redis-server --version && openssl version';

describeWith(['sh', '-c', BOTH], 'a Redis that speaks TLS', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificates-'));
    authority = await makeAuthority(folder, 'authority');
    stranger = await makeAuthority(folder, 'stranger');
    here = await issue(folder, authority, 'here', 'IP:127.0.0.1,DNS:localhost');
    elsewhere = await issue(folder, authority, 'elsewhere', 'DNS:redis.example');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    simulator = await startSimulator();
    log.length = 0;
  });

  afterEach(async () => {
    for (const replica of replicas.splice(0)) if (!replica.exit()) await replica.kill();
    await redis.kill();
    await simulator.close();
  });

  it('is what replicas share cookies and tiles by, with an authority of its own', async () => {
    await startTlsRedis(here);
    await expectSharing(redis.url);
  });

  it('lets a user in who may do what a gateway needs, and nothing else', async () => {
    await startTlsRedis(here);
    await expectSharing(`rediss://gateway:right-password@localhost:${redis.port}/0`);
  });

  it.each<[string, () => { certificate: Certificate; ca?: Certificate; user?: string }, string]>([
    [
      'whose authority is unknown',
      () => ({ certificate: here }),
      'the certificate of Redis is not trusted (self-signed certificate in certificate chain): REDIS_CA_FILE must contain the certificate authority that issued it',
    ],
    [
      'whose authority is another than the one in REDIS_CA_FILE',
      () => ({ certificate: here, ca: stranger }),
      'the certificate of Redis is not trusted (self-signed certificate in certificate chain): REDIS_CA_FILE must contain the certificate authority that issued it',
    ],
    [
      'whose certificate is for another host',
      () => ({ certificate: elsewhere, ca: authority }),
      'the certificate of Redis is for DNS:redis.example, not for 127.0.0.1',
    ],
    [
      'that has another password',
      () => ({ certificate: here, ca: authority, user: 'gateway:wrong-password@' }),
      'Redis refuses the user or password in REDIS_URL (WRONGPASS)',
    ],
    [
      'that wants a password and gets none',
      () => ({ certificate: here, ca: authority, user: '' }),
      'Redis requires a password, and REDIS_URL has none (NOAUTH)',
    ],
  ])('%s is told of in plain words, and a replica goes on alone', async (_, meeting, problem) => {
    const { certificate, ca, user = 'gateway:right-password@' } = meeting();
    await startTlsRedis(certificate);
    const url = `rediss://${user}127.0.0.1:${redis.port}`;
    const replica = await startReplica(url, ca && { REDIS_CA_FILE: ca.file });
    expect(await status(replica, TILE)).toBe(200);
    expect(await status(replica, TILE)).toBe(200);
    expect(await hits(replica)).toBe(1);
    expect((await replica.metrics()).value('heatmap_redis_up')).toBe(0);
    const ready = await fetch(`${replica.url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { details: { redis: { status: 'degraded' } } },
    ]);
    expect(await (await fetch(`${replica.url}/health`)).json()).toMatchObject({ status: 'degraded' });
    // Nothing that a connection tells after its end stops the process.
    expect(await replica.stop()).toEqual({ code: 0, signal: null });
    expect(replica.stderr()).toBe('');
    const told = complaints();
    expect(told.filter((line) => line.msg.startsWith('Redis cannot be reached'))).toMatchObject([
      { problem },
    ]);
    for (const line of told) expect([problem, 'there is no connection to Redis']).toContain(line.problem);
    for (const secret of ['right-password', 'wrong-password', redis.password, simulator.sessionValue])
      expect(log.join('\n')).not.toContain(secret);
  });
});
