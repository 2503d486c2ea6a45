/** `/health`, `/readyz`, metrics and log while the upstream is unreachable, throttles, or has no tiles, and the recovery. */
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import type { Fault } from '../simulator/switches.js';
import { ManualClock } from '../support/doubles/manual-clock.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import type { GatewayOptions } from '../support/gateway.js';
import { upstreamTile } from '../support/tiles/upstream-tile.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
const { z, x, y } = tileWithHeat(12);
const pathOf = (column = x, color = 'hot') => `/xyz/all/${color}/${z}/${column}/${y}.png`;

interface Health {
  readonly status: string;
  readonly reason: string | null;
  readonly action: string | null;
}

const health = async () => (await (await setup.get('/health')).json()) as Health;
const ready = async () =>
  ((await (await setup.get('/readyz')).json()) as { details: { upstream: Health } }).details.upstream;

async function metric(name: string): Promise<number> {
  const page = await (await setup.get('/metrics')).text();
  return Number(
    page
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

const issue = (kind: string) => metric(`heatmap_upstream_issue{kind="${kind}"}`);

/** Both anonymous sources have the fault, as all hosts of Strava would. */
function play(fault: Fault): void {
  const { switches } = setup.simulator;
  switches.tiles = fault;
  switches.anonymous = fault;
  switches.oldAnonymous = fault;
}

const MODES: [string, GatewayOptions, string][] = [
  ['with cookies', { cookies: 'full' }, 'ok'],
  ['without cookies', {}, 'anonymous'],
];

describe.each(MODES)('%s', (_mode, options, well) => {
  it.each([[{ kind: 'status', status: 500 }], [{ kind: 'html' }], [{ kind: 'reset' }]] as [Fault][])(
    'an upstream with %j is degraded after three tiles, and well with the next tile',
    async (fault) => {
      await setup.start(options);
      play(fault);
      for (const column of [x, x + 1, x + 2]) expect((await setup.get(pathOf(column))).status).toBe(502);
      expect(await health()).toMatchObject({
        status: 'degraded',
        reason: expect.any(String),
        action: expect.stringContaining('retries automatically'),
      });
      expect(await ready()).toMatchObject({ status: 'degraded', reason: (await health()).reason });
      expect(await issue('unreachable')).toBe(1);
      expect(setup.gateway.log()).toContain('"the upstream cannot be reached"');

      play({ kind: 'none' });
      expect((await setup.get(pathOf())).status).toBe(200);
      expect(await health()).toMatchObject({ status: well });
      expect(await ready()).toMatchObject({ status: 'up' });
      expect(await issue('unreachable')).toBe(0);
      expect(setup.gateway.log()).toContain('"the upstream can be reached again"');
    },
  );

  it('an upstream that refuses connections is degraded after one tile', async () => {
    const closed = 'http://127.0.0.1:9';
    await setup.start({
      ...options,
      env: { STRAVA_TILES_URL: closed, STRAVA_ANONYMOUS_TILES_URL: closed },
    });
    expect((await setup.get(pathOf())).status).toBe(502);
    expect(await health()).toMatchObject({ status: 'degraded' });
    expect([await issue('unreachable'), await issue('no_internet')]).toEqual([1, 0]);
  });

  it('a name that cannot be resolved is no internet connection, with an action of its own', async () => {
    const unknown = 'http://tiles.invalid';
    await setup.start({
      ...options,
      env: { STRAVA_TILES_URL: unknown, STRAVA_ANONYMOUS_TILES_URL: unknown },
    });
    expect((await setup.get(pathOf())).status).toBe(502);
    expect(await health()).toMatchObject({
      status: 'degraded',
      reason: expect.stringMatching(/^no internet connection: the name of .* cannot be resolved \(E\w+\)$/),
      action: expect.stringContaining('DNS'),
    });
    expect([await issue('unreachable'), await issue('no_internet')]).toEqual([0, 1]);
  });

  it('an upstream that recovers is found by a probe, without a client', async () => {
    const clock = new ManualClock(Date.now());
    await setup.start({ ...options, clock });
    play({ kind: 'status', status: 500 });
    for (const column of [x, x + 1, x + 2]) await setup.get(pathOf(column));
    expect((await health()).status).toBe('degraded');
    play({ kind: 'none' });
    await clock.advance(10_000, async () => undefined);
    await eventually(async () => (await health()).status === well);
    expect(setup.simulator.requests.at(-1)!.url).toMatch(/\/all\/hot\/0\/0\/0\.png/);
  });

  it('a pause of an hour is degraded with its end, and ends with a probe', async () => {
    const clock = new ManualClock(Date.now());
    await setup.start({ ...options, clock });
    play({ kind: 'status', status: 429, retryAfterSeconds: 3600 });
    const answer = await setup.get(pathOf());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '3600']);
    const end = new Date(clock.now() + 3_600_000).toISOString();
    expect(await health()).toMatchObject({
      status: 'degraded',
      reason: `Strava asks for fewer requests; the gateway sends none until ${end}`,
      action: expect.stringContaining('UPSTREAM_MAX_CONCURRENCY'),
    });
    expect((await ready()).status).toBe('degraded');
    expect(await issue('throttled')).toBe(1);
    const source = well === 'ok' ? 'authenticated' : 'anonymous';
    expect(await metric(`heatmap_upstream_pause_seconds{source="${source}"}`)).toBe(3600);
    expect(setup.gateway.log()).toContain('"the upstream throttles; tile requests pause"');

    play({ kind: 'none' });
    expect((await setup.get(pathOf(x + 1))).status).toBe(503);
    await clock.advance(60_000, async () => undefined);
    await eventually(async () => (await health()).status === well);
    expect((await setup.get(pathOf(x + 1))).status).toBe(200);
  });

  it.each([[{ retryAfterSeconds: 0 }], [{}]])(
    'an upstream that throttles with %j gets one request a pause, and the pauses double',
    async (retryAfter) => {
      const clock = new SteppedClock();
      await setup.start({ ...options, clock, env: { UPSTREAM_MAX_CONCURRENCY: '1' } });
      play({ kind: 'status', status: 429, ...retryAfter });
      const begun = setup.simulator.requests.length;
      for (let second = 0; second < 60; second++) {
        for (let i = 0; i < 5; i++) expect((await setup.get(pathOf(x + second * 5 + i))).status).toBe(503);
        clock.advance(1000);
      }
      expect(setup.simulator.requests.length - begun).toBeLessThanOrEqual(6);
    },
  );

  it('a blank world is degraded, and its empty tiles replace no tile with heat', async () => {
    const clock = new ManualClock(Date.now());
    await upstreamTile(setup.simulator, { z, x, y }, 256);
    await setup.start({ ...options, clock, env: { TILE_CACHE_TTL: '60' } });
    const first = await setup.get(pathOf());
    expect(first.status).toBe(200);
    await clock.advance(61_000, async () => undefined);
    setup.simulator.switches.emptyEverywhere = true;
    const stale = await setup.get(pathOf());
    expect(stale.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(await health()).toMatchObject({
      status: 'degraded',
      reason: expect.stringContaining('no tile at all'),
      action: expect.stringContaining('STRAVA_TILES_URL'),
    });
    expect([(await ready()).status, await issue('blank')]).toEqual(['degraded', 1]);
    expect(setup.gateway.log()).toContain('"the upstream has no tile at all;');

    // A tile that was not cached is empty for half a minute only.
    expect((await setup.get(pathOf(x, 'blue'))).headers.get('etag')).toBe('"empty"');
    setup.simulator.switches.emptyEverywhere = false;
    await clock.advance(31_000, async () => undefined);
    await eventually(async () => (await health()).status === well);
    expect((await setup.get(pathOf(x, 'blue'))).headers.get('etag')).not.toBe('"empty"');
    expect((await setup.get(pathOf())).headers.get('etag')).toBe(first.headers.get('etag'));
    expect(setup.gateway.log()).toContain('"the upstream has tiles again"');
  });

  it('a blank world is found by clients without cached tiles, and an empty region is none', async () => {
    await setup.start(options);
    const { switches, requests } = setup.simulator;
    play({ kind: 'status', status: 404 });
    const world = () => requests.filter(({ url }) => /\/0\/0\/0\.png/.test(url)).length;
    for (let i = 0; i < 9; i++) await setup.get(pathOf(x + i));
    expect([(await health()).status, world()]).toEqual([well, 0]);
    for (const host of ['tiles', 'anonymous', 'oldAnonymous'] as const)
      switches[host] = { kind: 'status', status: 404, times: 1 };
    await setup.get(pathOf(x + 9));
    expect([(await health()).status, world()]).toEqual([well, 1]);
    expect(setup.gateway.log()).not.toContain('no tile at all');
  });
});
