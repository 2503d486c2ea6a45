/** Three gateway processes on one real Redis: what they share, and what happens when one of them or Redis goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { startGatewayProcess, type GatewayProcess } from '../../support/gateway-process.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';

const ADMIN = 'the-admin-key-of-a-test';
const RECORD = '{heatmap}:cookies';
const LOCK = '{heatmap}:refresh-lock';
const TILES = 'heatmap:tile:*';
const LOCK_MS = 3000;

let simulator: Simulator;
let redis: RedisServer;
const replicas: GatewayProcess[] = [];
const logs: string[][] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  redis = await startRedis();
});

afterEach(async () => {
  loading = false;
  redis.resume();
  for (const replica of replicas.splice(0)) if (!replica.exit()) await replica.kill();
  logs.length = 0;
  await redis.kill();
  await simulator.close();
});

async function startReplicas(count: number, env: Record<string, string> = {}): Promise<GatewayProcess[]> {
  const started = await Promise.all(
    Array.from({ length: count }, () => {
      const log: string[] = [];
      logs.push(log);
      return startGatewayProcess(simulator, {
        env: {
          REDIS_URL: redis.url,
          STRAVA_SESSION: simulator.sessionValue,
          TILE_CACHE_MAX_BYTES: '0',
          ADMIN_KEY: ADMIN,
          // A busy machine is not what these tests are about.
          MAX_EVENT_LOOP_DELAY_MS: '0',
          ...env,
        },
        onLog: (line) => log.push(line),
      });
    }),
  );
  replicas.push(...started);
  return started;
}

let counter = 0;
/** A tile that was not requested before. */
const freshTile = () => `/xyz/all/hot/14/${8000 + (counter++ % 800)}/${5000 + Math.floor(counter / 800)}.png`;

async function status(replica: GatewayProcess, path = freshTile()): Promise<number> {
  return (await fetch(`${replica.url}${path}`, { signal: AbortSignal.timeout(20_000) })).status;
}

async function ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function record(): Promise<{ version: number; session: string; values: Record<string, string> }> {
  return JSON.parse((await ask((client) => client.get(RECORD))) ?? 'null');
}

const refreshes = () => simulator.counters.refreshes.total;

let loading = false;
/** Asks every replica for new tiles, one after the other each, until it is stopped; gives what came back. */
function load(): { stop(): Promise<Map<number, number>> } {
  loading = true;
  const found = new Map<number, number>();
  const clients = replicas.flatMap((replica) =>
    [0, 1].map(async () => {
      while (loading) {
        const code = await status(replica).catch(() => 0);
        found.set(code, (found.get(code) ?? 0) + 1);
      }
    }),
  );
  return {
    async stop() {
      loading = false;
      await Promise.all(clients);
      return found;
    },
  };
}

describeWith(['redis-server', '--version'], 'three replicas on one Redis', () => {
  it('start with one refresh, and have one for each revocation under load', async () => {
    await startReplicas(3);
    const running = load();
    await eventually(() => refreshes() === 1);
    for (let revocations = 1; revocations <= 6; revocations++) {
      await sleep(1500);
      simulator.revokeKeyPair();
      await eventually(() => refreshes() === 1 + revocations);
    }
    await sleep(1500);
    const found = await running.stop();
    expect([...found.keys()]).toEqual([200]);
    expect(refreshes()).toBe(7);
    const results = await Promise.all(
      replicas.map(async (replica) => {
        const page = await replica.metrics();
        const count = (result: string) =>
          ['startup', 'rejected', 'scheduled', 'manual'].reduce(
            (sum, reason) =>
              sum + page.value(`heatmap_cookie_refreshes_total{reason="${reason}",result="${result}"}`)!,
            0,
          );
        return { success: count('success'), trouble: count('session_rejected') + count('upstream_error') };
      }),
    );
    expect(results.reduce((sum, { success }) => sum + success, 0)).toBe(7);
    expect(results.reduce((sum, { trouble }) => sum + trouble, 0)).toBe(0);
  });

  it('have one refresh for each expiry', async () => {
    await simulator.close();
    simulator = await startSimulator({ cookieLifetimeSeconds: 6 });
    await startReplicas(3);
    const running = load();
    await eventually(() => refreshes() > 0);
    const [before, start] = [refreshes(), performance.now()];
    await eventually(() => refreshes() >= before + 4);
    // Each set of cookies is refreshed once, at about half of its life, and each refresh is a version.
    expect(refreshes() - before).toBeLessThanOrEqual(1 + (performance.now() - start) / 2000);
    expect([...(await running.stop()).keys()]).toEqual([200]);
    await eventually(async () => refreshes() === (await record()).version);
  });

  it('take over from a refresher that dies, within the life of its lock', async () => {
    const [one, two] = (await startReplicas(3)) as [GatewayProcess, GatewayProcess];
    await eventually(() => refreshes() > 0);
    await sleep(1100);
    simulator.switches.web = { kind: 'stall', times: 1 };
    simulator.revokeKeyPair();
    const asked = simulator.counters.requests.web;
    void status(one).catch(() => undefined);
    await eventually(() => simulator.counters.requests.web === asked + 1);
    const waiting = status(two);
    await sleep(300);
    await one.kill();
    const left = await ask((client) => client.pttl(LOCK));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(LOCK_MS);
    expect(await waiting).toBe(200);
    expect(simulator.counters.requests.web).toBe(asked + 2);
  });

  it('refuse the late write of a refresher that slept', async () => {
    const [one, two] = (await startReplicas(2)) as [GatewayProcess, GatewayProcess];
    await eventually(() => refreshes() > 0);
    await sleep(1100);
    simulator.switches.web = { kind: 'latency', latencyMs: 1000, times: 1 };
    simulator.revokeKeyPair();
    const asked = simulator.counters.requests.web;
    const slept = status(one).catch(() => 0);
    await eventually(() => simulator.counters.requests.web === asked + 1);
    process.kill(one.pid, 'SIGSTOP');
    expect(await status(two)).toBe(200);
    const theirs = await record();
    process.kill(one.pid, 'SIGCONT');
    expect(await slept).toBe(200);
    expect(await record()).toEqual(theirs);
    expect(logs[0]!.join('\n')).toContain('the refresh took longer than its lock');
    expect([await status(one), await status(two)]).toEqual([200, 200]);
  });

  it('go on without Redis, refresh for themselves, and share again when it returns', async () => {
    await startReplicas(3);
    await eventually(() => refreshes() > 0);
    const running = load();
    await sleep(1000);
    await redis.kill();
    await sleep(1000);
    simulator.revokeKeyPair();
    await sleep(2000);
    for (const replica of replicas) {
      await eventually(async () => (await replica.metrics()).value('heatmap_redis_up') === 0);
      expect((await (await fetch(`${replica.url}/readyz`)).json()) as object).toMatchObject({
        details: { redis: { status: 'degraded' } },
      });
    }
    await redis.restart();
    await eventually(async () =>
      (await Promise.all(replicas.map((r) => r.metrics()))).every((p) => p.value('heatmap_redis_up') === 1),
    );
    // Redis has lost everything, and gets it back.
    await eventually(async () => (await record())?.values !== undefined);
    await sleep(1100);
    const before = refreshes();
    simulator.revokeKeyPair();
    await eventually(() => refreshes() === before + 1);
    await sleep(2000);
    expect(refreshes()).toBe(before + 1);
    expect([...(await running.stop()).keys()]).toEqual([200]);
  });

  it('answer as before while Redis hangs', async () => {
    await startReplicas(2);
    await eventually(() => refreshes() > 0);
    redis.hang();
    const running = load();
    await sleep(1500);
    simulator.revokeKeyPair();
    await sleep(3000);
    redis.resume();
    await sleep(1500);
    expect([...(await running.stop()).keys()]).toEqual([200]);
  });

  it('take up a session that one of them was given, and keep it over a restart with the old one', async () => {
    const [one, two] = (await startReplicas(2)) as [GatewayProcess, GatewayProcess];
    await eventually(() => refreshes() > 0);
    simulator.endSession('redirect');
    const old = simulator.sessionValue;
    const fresh = simulator.startNewSession();
    const answer = await fetch(`${one.url}/admin/cookies`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify([{ name: '_strava4_session', value: fresh }]),
    });
    expect(answer.status).toBe(200);
    expect((await record()).session).toBe(fresh);
    await sleep(1100);
    simulator.revokeKeyPair();
    expect(await status(two)).toBe(200);
    const [three] = (await startReplicas(1, { STRAVA_SESSION: old })) as [GatewayProcess];
    await sleep(1100);
    simulator.revokeKeyPair();
    expect(await status(three)).toBe(200);
  });

  it('serve a tile that one of them has fetched without asking again', async () => {
    const [one, two] = (await startReplicas(3)) as [GatewayProcess, GatewayProcess];
    const { z, x, y } = tileWithHeat(14);
    const path = `/xyz/all/hot/${z}/${x}/${y}.png`;
    expect(await status(one, path)).toBe(200);
    // The tile is written after the response.
    await eventually(async () => (await ask((client) => client.keys(TILES))).length === 1);
    const asked = simulator.counters.requests.tiles;
    expect(await status(two, path)).toBe(200);
    expect(simulator.counters.requests.tiles).toBe(asked);
    const page = await two.metrics();
    expect(page.value('heatmap_tile_requests_total{encoding="xyz",outcome="hit"}')).toBe(1);
  });

  it('give the lock back when they are stopped', async () => {
    const [one, two] = (await startReplicas(2)) as [GatewayProcess, GatewayProcess];
    await eventually(() => refreshes() > 0);
    await sleep(1100);
    simulator.switches.web = { kind: 'latency', latencyMs: 700, times: 1 };
    simulator.revokeKeyPair();
    const slow = status(one);
    await eventually(() => simulator.counters.inFlight.web === 1);
    const stopped = one.stop();
    expect(await slow).toBe(200);
    expect((await stopped).code).toBe(0);
    expect(await ask((client) => client.get(LOCK))).toBeNull();
    expect(await status(two)).toBe(200);
  });
});
