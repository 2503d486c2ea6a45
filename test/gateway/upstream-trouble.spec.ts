import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/common/clock.js';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import type { Fault } from '../simulator/switches.js';
import { fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';

let simulator: Simulator;
let running: RunningGateway;
let later: number;

beforeEach(async () => {
  later = 0;
  simulator = await startSimulator();
  running = await startGateway(simulator, {
    cookies: fullCookies(simulator),
    env: { UPSTREAM_TIMEOUT_MS: '1000', TILE_CACHE_TTL: '60' },
    clock: { ...systemClock, now: () => Date.now() + later },
  });
});

afterEach(async () => {
  await running.close();
  await simulator.close();
});

const { z, x, y } = tileWithHeat(13);
const tile = `/xyz/all/hot/${z}/${x}/${y}.png`;
const get = (path = tile) => fetch(`${running.url}${path}`);

const FAULTS: [Fault, number][] = [
  [{ kind: 'html' }, 502],
  [{ kind: 'truncated' }, 502],
  [{ kind: 'truncated-chunked' }, 502],
  [{ kind: 'oversize' }, 502],
  [{ kind: 'wrong-size' }, 502],
  [{ kind: 'wrong-type' }, 502],
  [{ kind: 'empty-body' }, 502],
  [{ kind: 'status', status: 400 }, 502],
  [{ kind: 'status', status: 500 }, 502],
  [{ kind: 'status', status: 302 }, 502],
  [{ kind: 'status', status: 429, retryAfterSeconds: 7 }, 503],
  [{ kind: 'status', status: 503, retryAfterSeconds: 7 }, 503],
  [{ kind: 'reset' }, 502],
  [{ kind: 'stall' }, 504],
  [{ kind: 'stall-body' }, 504],
];

describe.each(
  FAULTS.map(([fault, status]) => [`${fault.kind} ${fault.status ?? ''}`.trim(), fault, status] as const),
)('an upstream that answers with %s', (_name, fault, status) => {
  it('is an error in time, is not kept, does not hide a stale tile, and is over when it is over', async () => {
    expect((await get(tile.replace('hot', 'blue'))).status).toBe(200);
    simulator.switches.tiles = fault;

    const began = Date.now();
    const answer = await get();
    expect(answer.status).toBe(status);
    expect(Date.now() - began).toBeLessThan(2500);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe(fault.retryAfterSeconds ? '7' : null);
    const problem = JSON.stringify(await answer.json());
    expect(problem).not.toContain(new URL(simulator.tilesUrl).port);

    later = 61_000;
    const stale = await get(tile.replace('hot', 'blue'));
    expect(stale.status).toBe(200);
    expect(stale.headers.get('cache-control')).toBe('public, max-age=60');
    later = 120_000;

    simulator.switches.tiles = { kind: 'none' };
    expect((await get()).status).toBe(200);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('heatmap_tile_requests_total{encoding="xyz",outcome="stale"} 1');
    expect(metrics).toContain('heatmap_tile_requests_total{encoding="xyz",outcome="error"} 1');
  });
});

it('an upstream that asks to wait is left alone for that long', async () => {
  simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 30, times: 1 };
  expect((await get()).status).toBe(503);
  const patient = await get();
  expect([patient.status, patient.headers.get('retry-after')]).toEqual([503, '30']);
  expect(simulator.counters.requests.tiles).toBe(1);
  later = 31_000;
  expect((await get()).status).toBe(200);
});

it('a stale tile is served at once while the upstream is known to fail, and asked for again later', async () => {
  await get();
  later = 61_000;
  simulator.switches.tiles = { kind: 'stall' };
  expect((await get()).status).toBe(200);
  const asked = simulator.counters.requests.tiles;
  for (let i = 0; i < 5; i++) expect((await get()).status).toBe(200);
  expect(simulator.counters.requests.tiles).toBe(asked);
  simulator.switches.tiles = { kind: 'none' };
  later = 100_000;
  const fresh = await get();
  expect([fresh.status, fresh.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
  expect(simulator.counters.requests.tiles).toBe(asked + 1);
});

it('a tile that has not changed is revalidated with the ETag of the upstream', async () => {
  const first = await get();
  later = 61_000;
  const second = await get();
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(simulator.requests.filter(({ host }) => host === 'tiles').map(({ status }) => status)).toEqual([
    200, 304,
  ]);
});

it('requests beyond the queue are turned away with Retry-After, and parallelism stays within its bound', async () => {
  await running.close();
  running = await startGateway(simulator, {
    cookies: fullCookies(simulator),
    env: { UPSTREAM_MAX_CONCURRENCY: '2', UPSTREAM_MAX_QUEUE: '3' },
  });
  simulator.switches.tiles = { kind: 'latency', latencyMs: 200 };
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => get(`/xyz/all/hot/13/${x + i}/${y}.png`)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused).toHaveLength(7);
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
  expect(simulator.counters.maxInFlight.tiles).toBe(2);
});

describe('a web host in trouble', () => {
  it.each([
    ['answers 500', { kind: 'status', status: 500 }],
    ['stalls', { kind: 'stall' }],
    ['resets', { kind: 'reset' }],
  ] as [string, Fault][])(
    'that %s leads to 503 in time, an honest state, and recovery by itself',
    async (_name, fault) => {
      simulator.switches.web = fault;
      simulator.revokeKeyPair();
      const began = Date.now();
      const answer = await get();
      expect([503, 504]).toContain(answer.status);
      expect(Date.now() - began).toBeLessThan(2500);
      for (let i = 0; i < 10; i++) await get(`/xyz/all/hot/13/${x + i}/${y}.png`);
      expect(simulator.counters.refreshes.total).toBeLessThanOrEqual(2);
      const health = (await (await get('/health')).json()) as { status: string; action: string };
      expect(health.status).toBe('degraded');
      expect(health.action).toContain('retries automatically');
      simulator.switches.web = { kind: 'none' };
      later = 15_000;
      expect((await get()).status).toBe(200);
      expect(((await (await get('/health')).json()) as { status: string }).status).toBe('ok');
    },
  );
});
