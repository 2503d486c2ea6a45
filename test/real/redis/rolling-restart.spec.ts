/** Three gateway processes on one real Redis behind a real proxy: their replacement, one after the other, that no client notices. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { freePorts } from '../../support/programs/free-port.js';
import { eventually } from '../../support/eventually.js';
import { startGatewayProcess, type GatewayProcess } from '../../support/gateway-process.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startHaproxy, startNginx, type Proxy, type ProxyOptions } from '../../support/programs/proxy.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { startLoad, type Account, type SteadyLoad } from './steady-load.js';

let simulator: Simulator;
let redis: RedisServer;
let proxy: Proxy | undefined;
let load: SteadyLoad | undefined;
/** By port. */
const replicas = new Map<number, GatewayProcess>();
/** Lines of their logs that are warnings or worse. On a busy machine Redis may be late, which is not what these tests are about. */
const complaints: string[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  redis = await startRedis();
  complaints.length = 0;
});

afterEach(async () => {
  await load?.stop();
  await proxy?.stop();
  load = proxy = undefined;
  for (const replica of replicas.values()) if (!replica.exit()) await replica.kill();
  replicas.clear();
  await redis.kill();
  await simulator.close();
});

const refreshes = () => simulator.counters.refreshes.total;

async function startReplica(port: number, env: Record<string, string>): Promise<GatewayProcess> {
  const replica = await startGatewayProcess(simulator, {
    env: {
      PORT: String(port),
      REDIS_URL: redis.url,
      TRUST_PROXY: 'loopback',
      STRAVA_SESSION: simulator.sessionValue,
      // What a replica has of its own goes with it; what it answers from is in Redis.
      TILE_CACHE_MAX_BYTES: '0',
      // A busy machine is not what these tests are about.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...env,
    },
    onLog: (line) => {
      const { level, msg } = JSON.parse(line) as { level: string; msg: string };
      if (['warn', 'error', 'fatal'].includes(level) && !msg.startsWith('Redis')) complaints.push(line);
    },
  });
  replicas.set(port, replica);
  return replica;
}

/** Three replicas, the proxy in front of them, and clients whose requests have reached all three. */
async function startAll(
  start: (options: ProxyOptions) => Promise<Proxy>,
  env: Record<string, string>,
): Promise<SteadyLoad> {
  const [port, ...backends] = (await freePorts(4)) as [number, ...number[]];
  await Promise.all(backends.map((backend) => startReplica(backend, env)));
  await eventually(() => refreshes() > 0);
  proxy = await start({ port, backends });
  load = await startLoad(proxy.url);
  const reached = async () =>
    (await Promise.all([...replicas.values()].map((replica) => tiles(replica)))).every((count) => count > 0);
  await eventually(reached);
  return load;
}

async function tiles(replica: GatewayProcess, outcome?: string): Promise<number> {
  const { text } = await replica.metrics();
  const counts = text.matchAll(/^heatmap_tile_requests_total\{encoding="xyz",outcome="(\w+)"\} (\d+)$/gm);
  return [...counts].reduce(
    (sum, [, name, count]) => sum + (!outcome || name === outcome ? Number(count) : 0),
    0,
  );
}

/** Each replica once, under load: stopped, waited for, started anew, and waited for until the proxy uses it. */
async function round(env: Record<string, string>): Promise<void> {
  for (const [port, replica] of replicas) {
    expect(await replica.stop()).toEqual({ code: 0, signal: null });
    expect(replica.stderr()).toBe('');
    const asked = simulator.counters.requests.web;
    const next = await startReplica(port, env);
    expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
    await eventually(async () => (await tiles(next, 'hit')) > 0);
    expect(simulator.counters.requests.web).toBe(asked);
  }
}

function expectNoFailure({ failed, answered }: Account): void {
  expect(failed).toEqual([]);
  for (const count of Object.values(answered)) expect(count).toBeGreaterThan(20);
  expect(complaints).toEqual([]);
}

describeWith(['haproxy', '-v'], 'three replicas behind HAProxy, which looks at /readyz', () => {
  // Twice the default, because the checks of HAProxy are late on a busy machine.
  const env = { SHUTDOWN_DELAY_MS: '4000' };

  it('are replaced one after the other, and every request is answered at the first try', async () => {
    const running = await startAll(startHaproxy, env);
    await round(env);
    expectNoFailure(await running.stop());
  });

  it('cost requests when one is killed, so that a failure would have been seen', async () => {
    const running = await startAll(startHaproxy, env);
    expect(running.account().failed).toEqual([]);
    await [...replicas.values()][0]!.kill();
    await eventually(() => running.account().failed.length > 0);
  });
});

describeWith(['nginx', '-v'], 'three replicas behind nginx, which has no health checks', () => {
  it('are replaced one after the other, and every request is answered', async () => {
    // No probe reads /readyz, so there is nothing to wait for.
    const env = { SHUTDOWN_DELAY_MS: '0' };
    const running = await startAll(startNginx, env);
    await round(env);
    expectNoFailure(await running.stop());
  });
});
