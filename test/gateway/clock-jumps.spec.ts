/** The system time is set back or forward: pauses and rate limits keep their length, and the states that decide answers are visible. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import { MetricsPage } from '../support/run/metrics-page.js';
import { withSimulator } from '../support/with-gateway.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const TILE = '/xyz/all/hot/0/0/0.png';

const setup = withSimulator();
let clock: SteppedClock;

beforeEach(() => {
  clock = new SteppedClock();
});

afterEach(() => {
  jest.useRealTimers();
});

const status = async (path = TILE) => (await setup.get(path)).status;
const requestsTo = (host: string) => setup.simulator.requests.filter((request) => request.host === host);
const metric = async (name: string) =>
  new MetricsPage(await (await setup.get('/metrics')).text()).value(name);
const cookiesInReadyz = async () =>
  ((await (await setup.get('/readyz')).json()) as { details: { cookies: Record<string, string> } }).details
    .cookies;

describe.each([
  ['back', -6 * HOUR],
  ['forward', 6 * HOUR],
])('a clock that is set %s by six hours', (_direction, jump) => {
  it('does not change the pause that the upstream asks for', async () => {
    await setup.start({ cookies: 'full', clock });
    setup.simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 30, times: 1 };
    expect(await status()).toBe(503);
    const asked = requestsTo('tiles').length;
    clock.set(jump);
    expect((await setup.get(TILE)).headers.get('retry-after')).toBe('30');
    expect(await metric('heatmap_upstream_pause_seconds{source="authenticated"}')).toBe(30);
    clock.advance(29 * SECOND);
    expect(await status()).toBe(503);
    expect(requestsTo('tiles')).toHaveLength(asked);
    clock.advance(SECOND);
    expect(await status()).toBe(200);
  });

  it('does not change the pause before the next refresh', async () => {
    setup.simulator.switches.web = { kind: 'status', status: 429, retryAfterSeconds: 3600, times: 1 };
    await setup.start({ cookies: 'session', clock });
    await eventually(() => setup.gateway.log().includes('cookie refresh failed'));
    expect(requestsTo('web')).toHaveLength(1);
    clock.set(jump);
    expect(await metric('heatmap_cookie_refresh_pause_seconds')).toBe(3600);
    clock.advance(HOUR - SECOND);
    await status();
    expect(requestsTo('web')).toHaveLength(1);
    clock.advance(SECOND);
    expect(await status('/xyz/run/hot/0/0/0.png')).toBe(200);
    expect(requestsTo('web')).toHaveLength(2);
    expect(await metric('heatmap_cookie_refresh_pause_seconds')).toBe(0);
  });

  it('does not change the pause of a source of anonymous tiles', async () => {
    await setup.start({ clock });
    setup.simulator.switches.anonymous = { kind: 'status', status: 500, times: 1 };
    expect(await status()).toBe(200);
    clock.set(jump);
    expect(await status('/xyz/run/hot/0/0/0.png')).toBe(200);
    expect([requestsTo('anonymous').length, requestsTo('oldAnonymous').length]).toEqual([1, 2]);
    clock.advance(30 * SECOND);
    expect(await status('/xyz/ride/hot/0/0/0.png')).toBe(200);
    expect([requestsTo('anonymous').length, requestsTo('oldAnonymous').length]).toEqual([2, 2]);
  });

  it('does not change the time for which a stale tile replaces a failed request', async () => {
    await setup.start({ cookies: 'full', clock, env: { TILE_CACHE_TTL: '60' } });
    expect(await status()).toBe(200);
    clock.advance(60 * SECOND);
    setup.simulator.switches.tiles = { kind: 'status', status: 500, times: 1 };
    expect(await status()).toBe(200);
    const asked = requestsTo('tiles').length;
    // Forward, the tile remains stale; back, it would be fresh again without this.
    clock.set(Math.max(jump, 0));
    expect(await status()).toBe(200);
    expect(requestsTo('tiles')).toHaveLength(asked);
    clock.advance(30 * SECOND);
    expect(await status()).toBe(200);
    expect(requestsTo('tiles')).toHaveLength(asked + 1);
  });

  it('does not change a rate limit', async () => {
    await setup.start({ cookies: 'full', env: { RATE_LIMIT_PER_ADDRESS: '2' } });
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    jest.useFakeTimers({ advanceTimers: true, now: Date.now() + jump, doNotFake: [...NOT_DATE] });
    const refused = await setup.get(TILE);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });
});

const NOT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('the pause before the next refresh', () => {
  it('is in /readyz, /health, the metrics and the log until it ends', async () => {
    setup.simulator.switches.web = { kind: 'status', status: 429, retryAfterSeconds: 600, times: 1 };
    await setup.start({ cookies: 'session', clock });
    await eventually(() => setup.gateway.log().includes('cookie refresh failed'));
    const until = new Date(clock.now() + 600 * SECOND).toISOString();
    expect(await cookiesInReadyz()).toMatchObject({ state: 'upstream_error', refresh_paused_until: until });
    const { status: health, reason } = (await (await setup.get('/health')).json()) as Record<string, string>;
    expect(health).toBe('degraded');
    expect(reason).toContain(`the next refresh starts at ${until} or later`);
    expect(await metric('heatmap_cookie_refresh_pause_seconds')).toBe(600);
    expect(setup.gateway.log()).toContain(`"retry":"${until}"`);
    clock.advance(600 * SECOND);
    expect(await status()).toBe(200);
    expect(await cookiesInReadyz()).toEqual({ status: 'up', state: 'valid' });
  });

  it('after a refresh that did not help is in /readyz, the metrics and the log', async () => {
    await setup.start({ cookies: 'full', clock });
    setup.simulator.switches.refuseAll = true;
    await status();
    expect(await cookiesInReadyz()).toMatchObject({ refresh_paused_until: expect.any(String) });
    expect(await metric('heatmap_cookie_refresh_pause_seconds')).toBeGreaterThan(0);
    expect(setup.gateway.log()).toContain('although the cookies are fresh; refreshes pause');
  });
});

describe('a source of anonymous tiles that does not answer', () => {
  it('is in /readyz and the metrics until it answers again', async () => {
    await setup.start({ clock });
    setup.simulator.switches.anonymous = { kind: 'status', status: 500, times: 1 };
    expect(await status()).toBe(200);
    const upstream = async () =>
      ((await (await setup.get('/readyz')).json()) as { details: { upstream: unknown } }).details.upstream;
    expect(await upstream()).toEqual({ status: 'up', failing_sources: 'anonymous' });
    expect(await metric('heatmap_anonymous_source_failing{source="anonymous"}')).toBe(1);
    clock.advance(30 * SECOND);
    expect(await status('/xyz/run/hot/0/0/0.png')).toBe(200);
    expect(await upstream()).toEqual({ status: 'up' });
    expect(await metric('heatmap_anonymous_source_failing{source="anonymous"}')).toBe(0);
  });
});
