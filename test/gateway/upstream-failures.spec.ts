/** Upstream faults: the status of the response, what stays cached, and the recovery. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import type { Fault } from '../simulator/switches.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import { upstreamTile } from '../support/tiles/upstream-tile.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
let clock: SteppedClock;

beforeEach(() => {
  clock = new SteppedClock();
});

const { z, x, y } = tileWithHeat(13);
const tile = `/xyz/all/hot/${z}/${x}/${y}.png`;
const get = (path = tile, init?: RequestInit) => setup.get(path, init);

const start = (env: Record<string, string> = {}) =>
  setup.start({ cookies: 'full', clock, env: { TILE_CACHE_TTL: '60', ...env } });

/** Stalled requests end with the timeout of the gateway, and only these wait for it. */
const timeout = ({ kind }: Fault): Record<string, string> =>
  kind.startsWith('stall') ? { UPSTREAM_TIMEOUT_MS: '3000' } : {};

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
)('the upstream fault %s', (_name, fault, status) => {
  it('gives an error response that is not cached, does not replace a stale tile, and ends with the fault', async () => {
    // The simulator paints the tile once, before a timeout runs.
    await upstreamTile(setup.simulator, { z, x, y }, 256);
    await start(timeout(fault));
    expect((await get(tile.replace('hot', 'blue'))).status).toBe(200);
    setup.simulator.switches.tiles = fault;

    const answer = await get();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe(fault.retryAfterSeconds ? '7' : null);
    const problem = JSON.stringify(await answer.json());
    expect(problem).not.toContain(new URL(setup.simulator.tilesUrl).port);

    clock.advance(61_000);
    const stale = await get(tile.replace('hot', 'blue'));
    expect(stale.status).toBe(200);
    expect(stale.headers.get('cache-control')).toBe('public, max-age=60');
    clock.advance(59_000);

    setup.simulator.switches.tiles = { kind: 'none' };
    expect((await get()).status).toBe(200);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('heatmap_tile_requests_total{encoding="xyz",outcome="stale"} 1');
    expect(metrics).toContain('heatmap_tile_requests_total{encoding="xyz",outcome="error"} 1');
  });
});

it('the gateway sends no request upstream until the time in Retry-After has passed', async () => {
  await start();
  setup.simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 30, times: 1 };
  expect((await get()).status).toBe(503);
  const patient = await get();
  expect([patient.status, patient.headers.get('retry-after')]).toEqual([503, '30']);
  expect(setup.simulator.counters.requests.tiles).toBe(1);
  clock.advance(31_000);
  expect((await get()).status).toBe(200);
});

it('a stale tile is served without an upstream request after an upstream failure, and revalidated later', async () => {
  await upstreamTile(setup.simulator, { z, x, y }, 256);
  await start({ UPSTREAM_TIMEOUT_MS: '3000' });
  await get();
  clock.advance(61_000);
  setup.simulator.switches.tiles = { kind: 'stall' };
  expect((await get()).status).toBe(200);
  const asked = setup.simulator.counters.requests.tiles;
  for (let i = 0; i < 5; i++) expect((await get()).status).toBe(200);
  expect(setup.simulator.counters.requests.tiles).toBe(asked);
  setup.simulator.switches.tiles = { kind: 'none' };
  clock.advance(39_000);
  const fresh = await get();
  expect([fresh.status, fresh.headers.get('cache-control')]).toEqual([200, 'public, max-age=60']);
  expect(setup.simulator.counters.requests.tiles).toBe(asked + 1);
});

it('an unchanged tile is revalidated with the ETag of the upstream', async () => {
  await start();
  const first = await get();
  clock.advance(61_000);
  const second = await get();
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(setup.simulator.requests.filter(({ host }) => host === 'tiles').map(({ status }) => status)).toEqual(
    [200, 304],
  );
});

it('requests beyond the queue get 503 with Retry-After, and upstream concurrency stays within its limit', async () => {
  await start({ UPSTREAM_MAX_CONCURRENCY: '2', UPSTREAM_MAX_QUEUE: '3' });
  setup.simulator.switches.tiles = { kind: 'stall' };
  const disconnect = new AbortController();
  const inFlight = [0, 1].map((i) => get(`/xyz/all/hot/13/${x + i}/${y}.png`, { signal: disconnect.signal }));
  const cancelled = Promise.allSettled(inFlight);
  await eventually(() => setup.simulator.counters.inFlight.tiles === 2);

  const refused: Response[] = [];
  const others = Array.from({ length: 10 }, async (_, i) => {
    const answer = await get(`/xyz/all/hot/13/${x + 2 + i}/${y}.png`);
    if (answer.status === 503) refused.push(answer);
    return answer.status;
  });
  await eventually(() => refused.length === 7);
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
  expect(setup.simulator.counters.maxInFlight.tiles).toBe(2);

  setup.simulator.switches.tiles = { kind: 'none' };
  disconnect.abort();
  await cancelled;
  const statuses = await Promise.all(others);
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
});

describe('a web host', () => {
  it.each([
    ['answers 500', { kind: 'status', status: 500 }],
    ['stalls', { kind: 'stall' }],
    ['resets connections', { kind: 'reset' }],
  ] as [string, Fault][])(
    'that %s leads to 503 and the state "degraded", and the gateway recovers without intervention',
    async (_name, fault) => {
      await start(timeout(fault));
      setup.simulator.switches.web = fault;
      setup.simulator.revokeKeyPair();
      expect([503, 504]).toContain((await get()).status);
      for (let i = 0; i < 10; i++) await get(`/xyz/all/hot/13/${x + i}/${y}.png`);
      expect(setup.simulator.counters.refreshes.total).toBeLessThanOrEqual(2);
      const health = (await (await get('/health')).json()) as { status: string; action: string };
      expect(health.status).toBe('degraded');
      expect(health.action).toContain('retries automatically');
      setup.simulator.switches.web = { kind: 'none' };
      clock.advance(15_000);
      expect((await get()).status).toBe(200);
      expect(((await (await get('/health')).json()) as { status: string }).status).toBe('ok');
    },
  );
});
