/** Anonymous mode: tiles of every size from two sources, each of which can fail, and what the gateway reports. */
import { describe, expect, it } from '@jest/globals';
import { PNG } from 'pngjs';
import { tileWithHeat, tileWithoutHeat } from '../simulator/find-tile.js';
import type { Fault } from '../simulator/switches.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
const SIZES = [
  [256, '', 12],
  [512, '@2x', 11],
  [1024, '@4x', 10],
] as const;

const pathOf = (zoom: number, suffix = '', color = 'hot') => {
  const { z, x, y } = tileWithHeat(zoom);
  return `/xyz/all/${color}/${z}/${x}/${y}${suffix}.png`;
};
const get = async (path: string) => {
  const answer = await setup.get(path);
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
};
const health = async () =>
  (await (await setup.get('/health')).json()) as { status: string; reason: string; action: string };
const detailOf = ({ body }: { body: Buffer }) => (JSON.parse(body.toString()) as { detail: string }).detail;
const requests = () => {
  const { anonymous, oldAnonymous } = setup.simulator.counters.requests;
  return [anonymous, oldAnonymous];
};

/** The pixel width of a tile of each size, or the status of the error. */
async function tilesOfEachSize(color?: string): Promise<number[]> {
  const seen = [];
  for (const [, suffix, zoom] of SIZES) {
    const { status, body } = await get(pathOf(zoom, suffix, color));
    seen.push(status === 200 ? PNG.sync.read(body).width : status);
  }
  return seen;
}

const DEAD: Fault[] = [
  { kind: 'reset' },
  { kind: 'stall' },
  { kind: 'html' },
  { kind: 'wrong-size' },
  { kind: 'truncated' },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 302 },
];

describe('without cookies', () => {
  it('tiles of every size come from the current source, and the size is always requested', async () => {
    await setup.start();
    expect(await tilesOfEachSize()).toEqual([256, 512, 1024]);
    expect(setup.simulator.requests.map(({ url }) => url.replace(/.*\d\/\d+/, ''))).toEqual([
      '.png?px=256&v=20',
      '.png?px=512&v=20',
      '@2x.png?v=20',
    ]);
    expect(requests()).toEqual([3, 0]);
    expect(await health()).toMatchObject({ status: 'anonymous' });
    const page = await (await setup.get('/metrics')).text();
    expect(page).toContain('heatmap_upstream_requests_total{source="anonymous",status="200"} 3');
    expect(page).toContain('heatmap_tile_requests_total{encoding="xyz",outcome="anonymous"} 3');
  });

  it.each(DEAD)(
    'tiles of 256 px and 512 px come from the old source while the current one has %j',
    async (fault) => {
      const clock = new SteppedClock();
      await setup.start({ clock, env: { UPSTREAM_TIMEOUT_MS: '4000' } });
      setup.simulator.switches.anonymous = fault;
      const widths = await tilesOfEachSize();
      expect(widths.slice(0, 2)).toEqual([256, 512]);
      expect([502, 503, 504]).toContain(widths[2]);
      const [current] = requests();
      expect((await get(pathOf(9))).status).toBe(200);
      expect((await get(pathOf(8, '@2x'))).status).toBe(200);
      expect(requests()[0]).toBe(current);
      expect((await health()).status).toBe('anonymous');
      expect(setup.gateway.log()).toContain('"source":"current"');

      setup.simulator.switches.anonymous = { kind: 'none' };
      clock.advance(30_000);
      expect((await get(pathOf(7))).status).toBe(200);
      expect(requests()[0]).toBe(current! + 1);
      expect(await tilesOfEachSize('blue')).toEqual([256, 512, 1024]);
    },
  );

  it('a tile of 1024 px never has another size, and its error names the sizes to request', async () => {
    await setup.start();
    setup.simulator.switches.anonymous = { kind: 'reset' };
    const answer = await get(pathOf(10, '@4x'));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([502, 'no-store']);
    expect(detailOf(answer)).toMatch(/unreachable.*request 256 px or 512 px/);
    expect(requests()[1]).toBe(0);
  });

  it.each(DEAD)('the current source alone is enough while the old one has %j', async (fault) => {
    await setup.start();
    setup.simulator.switches.oldAnonymous = fault;
    expect(await tilesOfEachSize()).toEqual([256, 512, 1024]);
    expect(requests()).toEqual([3, 0]);
    expect((await health()).status).toBe('anonymous');
  });

  it('the failure of both sources is an error and an issue in /health and /readyz, which ends with the first tile', async () => {
    await setup.start({ env: { UPSTREAM_TIMEOUT_MS: '3000' } });
    setup.simulator.switches.anonymous = { kind: 'stall' };
    setup.simulator.switches.oldAnonymous = { kind: 'status', status: 500 };
    const answer = await get(pathOf(12));
    expect(answer.status).toBe(502);
    expect(detailOf(answer)).toContain('Neither source of anonymous tiles');
    expect(await health()).toMatchObject({
      status: 'degraded',
      reason: 'neither source of anonymous tiles answers',
      action: expect.stringContaining('add Strava cookies'),
    });
    const ready = await setup.get('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { details: { upstream: { status: 'degraded', reason: 'neither source of anonymous tiles answers' } } },
    ]);

    setup.simulator.switches.oldAnonymous = { kind: 'none' };
    expect((await get(pathOf(12))).status).toBe(200);
    expect((await health()).status).toBe('anonymous');
    expect(setup.gateway.log()).toContain('answers again');
  });

  it('one tile request per source runs when concurrent clients find the current source dead', async () => {
    await setup.start();
    setup.simulator.switches.anonymous = { kind: 'status', status: 500 };
    const path = pathOf(12);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await get(path)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(requests()).toEqual([1, 1]);
  });

  it.each([
    { kind: 'status', status: 429, retryAfterSeconds: 30 },
    { kind: 'status', status: 503, retryAfterSeconds: 30 },
  ] as Fault[])('%j pauses both sources: the old one is no way around a limit', async (fault) => {
    const clock = new SteppedClock();
    await setup.start({ clock });
    setup.simulator.switches.anonymous = { ...fault, times: 1 };
    for (const zoom of [12, 11]) {
      const answer = await get(pathOf(zoom));
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    }
    expect(requests()).toEqual([1, 0]);
    clock.advance(30_000);
    expect((await get(pathOf(12))).status).toBe(200);
  });

  it('a refusal in plain text is a zoom level that needs cookies, and the source stays in use', async () => {
    await setup.start();
    expect((await get(pathOf(5))).status).toBe(200);
    // The fault's body is plain text.
    setup.simulator.switches.anonymous = { kind: 'status', status: 403 };
    setup.simulator.switches.oldAnonymous = { kind: 'status', status: 403 };
    const answer = await get(pathOf(12));
    expect(answer.status).toBe(404);
    expect(detailOf(answer)).toContain('needs Strava cookies');
    expect((await health()).status).toBe('anonymous');
    setup.simulator.switches.anonymous = { kind: 'none' };
    expect((await get(pathOf(11))).status).toBe(200);
    expect(requests()).toEqual([3, 1]);
  });

  it('a tile without heat is an empty tile from either source', async () => {
    await setup.start({ env: { EMPTY_TILE: 'not-found' } });
    expect((await get(pathOf(5))).status).toBe(200);
    const { z, x, y } = tileWithoutHeat(11);
    expect((await get(`/xyz/all/hot/${z}/${x}/${y}.png`)).status).toBe(404);
    expect(requests()).toEqual([2, 0]);
    setup.simulator.switches.anonymous = { kind: 'reset' };
    expect((await get(`/xyz/all/hot/${z}/${x}/${y}@2x.png`)).status).toBe(404);
    expect((await health()).status).toBe('anonymous');
  });

  it('a server that answers 404 to everything does not make all tiles empty', async () => {
    await setup.start({ env: { EMPTY_TILE: 'not-found' } });
    setup.simulator.switches.anonymous = { kind: 'status', status: 404 };
    expect((await tilesOfEachSize()).slice(0, 2)).toEqual([256, 512]);
    expect(requests()[0]).toBeLessThanOrEqual(2);
  });

  it('the ETag of one source is not sent to the other', async () => {
    const clock = new SteppedClock();
    await setup.start({ clock, env: { TILE_CACHE_TTL: '60' } });
    const revalidate = async () => {
      clock.advance(61_000);
      expect((await get(pathOf(6))).status).toBe(200);
      const { host, headers, status } = setup.simulator.requests.at(-1)!;
      return [host, headers['if-none-match'] !== undefined, status];
    };
    await get(pathOf(6));
    expect(await revalidate()).toEqual(['anonymous', true, 304]);
    setup.simulator.switches.anonymous = { kind: 'status', status: 500 };
    expect(await revalidate()).toEqual(['oldAnonymous', false, 200]);
    setup.simulator.switches.anonymous = { kind: 'none' };
    expect(await revalidate()).toEqual(['anonymous', false, 200]);
  });
});

it('anonymous sources that fail are no issue while there are valid cookies', async () => {
  await setup.start({ cookies: 'full' });
  setup.simulator.switches.anonymous = { kind: 'reset' };
  setup.simulator.switches.oldAnonymous = { kind: 'reset' };
  expect(await tilesOfEachSize()).toEqual([256, 512, 1024]);
  expect(requests()).toEqual([0, 0]);
  expect((await health()).status).toBe('ok');
});
