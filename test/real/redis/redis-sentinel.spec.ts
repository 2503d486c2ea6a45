/** Two gateway processes whose Redis is found by real Sentinels: what they do when the master goes and another takes its place. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { startGatewayProcess, type GatewayProcess } from '../../support/gateway-process.js';
import { describeWith } from '../../support/programs/describe-with.js';
import type { RedisServer } from '../../support/programs/redis-server.js';
import { startSentinels, type Sentinels } from '../../support/programs/sentinels.js';
import { startLoad, type SteadyLoad } from './steady-load.js';

const RECORD = '{heatmap}:cookies';

let simulator: Simulator;
let sentinels: Sentinels;
const replicas: GatewayProcess[] = [];
const loads: SteadyLoad[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  sentinels = await startSentinels();
});

afterEach(async () => {
  for (const load of loads.splice(0)) await load.stop();
  for (const replica of replicas.splice(0)) if (!replica.exit()) await replica.kill();
  await sentinels.close();
  await simulator.close();
});

async function startReplicas(): Promise<void> {
  const start = () =>
    startGatewayProcess(simulator, {
      env: {
        // Says user and password; where Redis is, the Sentinels know.
        REDIS_URL: `redis://default:${sentinels.servers[0].password}@redis.invalid`,
        REDIS_SENTINELS: sentinels.addresses.join(','),
        REDIS_SENTINEL_MASTER: sentinels.name,
        STRAVA_SESSION: simulator.sessionValue,
        TILE_CACHE_MAX_BYTES: '0',
        // A busy machine is not what these tests are about.
        MAX_EVENT_LOOP_DELAY_MS: '0',
      },
    });
  replicas.push(...(await Promise.all([start(), start()])));
  // What the new master is to know has reached it.
  await eventually(async () => (await versionIn(sentinels.servers[1])) !== undefined);
}

async function startLoads(): Promise<void> {
  for (const { url } of replicas) loads.push(await startLoad(url));
}

async function ask<T>(server: RedisServer, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

const refreshes = () => simulator.counters.refreshes.total;
const versionIn = async (server: RedisServer) => {
  const record = await ask(server, (client) => client.get(RECORD));
  return (JSON.parse(record ?? '{}') as { version?: number }).version;
};
const becomesMaster = (server: RedisServer) =>
  eventually(async () => (await sentinels.masterPort()) === server.port, 60_000);

let counter = 0;

/** Whether a revocation causes one refresh, whose cookies `master` has. */
async function shareARefresh(master: RedisServer): Promise<boolean> {
  const version = (await versionIn(master))!;
  const before = refreshes();
  simulator.revokeKeyPair();
  for (const { url } of replicas)
    expect((await fetch(`${url}/xyz/all/hot/13/${counter++}/2600.png`)).status).toBe(200);
  if (refreshes() !== before + 1) return false;
  // A master that is exchanged while it is well is written to until the Sentinels have told it that it follows another.
  const isThere = async () => (await versionIn(master)) === version + 1;
  return eventually(isThere, 10_000).then(
    () => true,
    () => false,
  );
}

/** Both are connected, and to a server that takes what they write: one refresh for a revocation, one fetch for a tile. */
async function expectSharing(master: RedisServer): Promise<void> {
  const [one, two] = replicas as [GatewayProcess, GatewayProcess];
  await eventually(async () => {
    const pages = await Promise.all(replicas.map((replica) => replica.metrics()));
    return pages.every((page) => page.value('heatmap_redis_up') === 1);
  });
  // A replica takes some time to notice that a server hangs, and is on its own until then.
  await eventually(() => shareARefresh(master), 60_000);
  // After a failure tiles leave Redis alone for some seconds.
  await eventually(async () => {
    const x = counter++;
    for (const { url } of [one, two])
      expect((await fetch(`${url}/xyz/all/hot/13/${x}/2600.png`)).status).toBe(200);
    const fetched = Object.entries(simulator.counters.tiles).find(([name]) =>
      name.startsWith(`all/hot/13/${x}/2600/`),
    );
    return fetched?.[1] === 1;
  });
}

async function expectNoFailure(): Promise<void> {
  for (const load of loads) {
    const { answered, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(Math.min(...Object.values(answered))).toBeGreaterThan(0);
  }
}

describeWith(['redis-server', '--version'], 'two replicas whose Redis is found by Sentinels', () => {
  it('go on with the new master when the old one is killed', async () => {
    await startReplicas();
    await startLoads();
    const [master, follower] = sentinels.servers;
    await master.kill();
    await becomesMaster(follower);
    await expectSharing(follower);
    await expectNoFailure();
  });

  it('go on with the new master when the old one hangs, and when that one comes back', async () => {
    await startReplicas();
    await startLoads();
    const [master, follower] = sentinels.servers;
    master.hang();
    await becomesMaster(follower);
    await expectSharing(follower);
    master.resume();
    const role = () => ask(master, async (client) => (await client.info('replication')).split('\r\n')[1]);
    await eventually(async () => (await role()) === 'role:slave');
    await expectSharing(follower);
    await expectNoFailure();
  });

  it('give the new master what the old one was still told, also when one of the Sentinels hangs', async () => {
    sentinels.hangOne();
    await startReplicas();
    await startLoads();
    await sentinels.failOver();
    const [, follower] = sentinels.servers;
    await becomesMaster(follower);
    await expectSharing(follower);
    await expectNoFailure();
  });
});
