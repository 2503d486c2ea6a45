/** Refresh of signed cookies: how often, for whom, and what clients get meanwhile. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { tileWithHeat } from '../simulator/find-tile.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import { sessionOnly } from '../support/gateway.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();

const { x, y } = tileWithHeat(13);
const status = async (path: string) => {
  const answer = await request(`${setup.gateway.url}${path}`);
  await answer.body.dump();
  return answer.statusCode;
};
const health = async () =>
  (await fetch(`${setup.gateway.url}/health`)).json() as Promise<Record<string, string | null>>;
const refreshes = () => setup.simulator.counters.refreshes.total;

describe('signed cookies', () => {
  it('are refreshed at the start if there is only a session, and are written to the file beside the session', async () => {
    await setup.start({ cookies: [{ name: 'other', value: 'x' }, ...sessionOnly(setup.simulator)] });
    expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
    expect(refreshes()).toBe(1);
    await eventually(async () =>
      (await readFile(setup.gateway.cookiesFile, 'utf8')).includes('CloudFront-Policy'),
    );
    const entries = JSON.parse(await readFile(setup.gateway.cookiesFile, 'utf8')) as {
      name: string;
      value: string;
    }[];
    expect(entries.slice(0, 2)).toEqual([{ name: 'other', value: 'x' }, ...sessionOnly(setup.simulator)]);
    expect((await health()).status).toBe('ok');
  });

  it('that the upstream refuses cause one refresh for 40 concurrent tiles, and every client gets 200', async () => {
    await setup.start({ cookies: 'full' });
    setup.simulator.revokeKeyPair();
    setup.simulator.switches.web = { kind: 'latency', latencyMs: 100 };
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => status(`/xyz/all/hot/13/${x - 20 + i}/${y}.png`)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refreshes()).toBe(1);
  });

  it('are refreshed once per revocation under load, and every response is 200', async () => {
    await setup.start({
      cookies: 'full',
      env: { TILE_CACHE_MAX_BYTES: '0' },
    });
    const { counters } = setup.simulator;
    const statuses = new Set<number>();
    /** Responses by client since the last revocation. With two for each client, no request waits for the refresh before. */
    const answered = Array<number>(40).fill(0);
    await Promise.all(
      Array.from(answered, async (_, client) => {
        while (counters.revocations < 10 || answered[client]! < 2) {
          statuses.add(await status(`/xyz/all/hot/13/${x - 20 + client}/${y}.png`));
          answered[client]!++;
          if (counters.revocations < 10 && answered.every((count) => count >= 2)) {
            answered.fill(0);
            setup.simulator.revokeKeyPair();
          }
        }
      }),
    );
    expect([...statuses]).toEqual([200]);
    expect(refreshes()).toBe(10);
  });

  it('that are refused right after a refresh cause no further refresh', async () => {
    const clock = new SteppedClock();
    await setup.start({ cookies: 'full', clock });
    setup.simulator.switches.refuseAll = true;
    for (let i = 0; i < 20; i++) expect(await status(`/xyz/all/hot/13/${x + i}/${y}.png`)).toBe(503);
    expect(refreshes()).toBe(1);
    expect(setup.simulator.counters.requests.tiles).toBe(2);
    expect((await health()).status).toBe('degraded');
    setup.simulator.switches.refuseAll = false;
    clock.advance(60_000);
    expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
    expect((await health()).status).toBe('ok');
  });
});

describe.each(['redirect', 'no-cookies'] as const)(
  'a rejected session that the web host answers with %s',
  (face) => {
    it('still serves low zoom levels and cached tiles, states the action, and a new cookie file ends it', async () => {
      await setup.start({ cookies: 'full' });
      expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
      setup.simulator.endSession(face);
      setup.simulator.revokeKeyPair();
      const deep = await fetch(`${setup.gateway.url}/xyz/all/hot/13/${x + 1}/${y}.png`);
      expect(deep.status).toBe(503);
      expect(deep.headers.get('content-type')).toBe('application/problem+json');
      expect(((await deep.json()) as { detail: string }).detail).toMatch(
        /session has ended.*export the cookies again/,
      );
      expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
      expect(await status(`/xyz/all/hot/12/${x >> 1}/${y >> 1}.png`)).toBe(200);
      expect(setup.simulator.counters.requests.anonymous).toBe(1);
      for (let i = 0; i < 10; i++) await status(`/xyz/all/hot/13/${x + 2 + i}/${y}.png`);
      expect(refreshes()).toBe(1);
      expect(await health()).toMatchObject({
        status: 'degraded',
        action: expect.stringContaining('export the cookies again'),
      });
      const ready = await fetch(`${setup.gateway.url}/readyz`);
      expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([200, 'degraded']);
      expect(setup.gateway.log()).toContain('export the cookies again');
      expect(await (await fetch(`${setup.gateway.url}/metrics`)).text()).toContain('heatmap_session_valid 0');

      setup.simulator.startNewSession();
      await writeFile(setup.gateway.cookiesFile, JSON.stringify(sessionOnly(setup.simulator)));
      await eventually(async () => (await status(`/xyz/all/hot/13/${x + 1}/${y}.png`)) === 200);
      expect((await health()).status).toBe('ok');
    });
  },
);

describe('without any cookies', () => {
  it('low zoom levels come from the anonymous host, and higher ones get an explanation', async () => {
    await setup.start();
    expect(await status(`/xyz/all/hot/12/${x >> 1}/${y >> 1}.png`)).toBe(200);
    expect(await status(`/xyz/all/hot/11/${x >> 2}/${y >> 2}@2x.png`)).toBe(200);
    expect(await status(`/xyz/all/hot/10/${x >> 3}/${y >> 3}@4x.png`)).toBe(200);
    for (const path of [
      `/xyz/all/hot/13/${x}/${y}.png`,
      `/xyz/all/hot/12/${x >> 1}/${y >> 1}@2x.png`,
      `/xyz/all/hot/11/${x >> 2}/${y >> 2}@4x.png`,
    ]) {
      const refused = await fetch(`${setup.gateway.url}${path}`);
      expect(refused.status).toBe(404);
      expect(((await refused.json()) as { detail: string }).detail).toContain('needs Strava cookies');
    }
    const kvp = await fetch(
      `${setup.gateway.url}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=13&TILEROW=${y}&TILECOL=${x}`,
    );
    expect(kvp.status).toBe(400);
    expect(await kvp.text()).toContain('exceptionCode="InvalidParameterValue" locator="TileMatrix"');
    expect(setup.simulator.counters.requests.tiles).toBe(0);
    expect(refreshes()).toBe(0);
    expect(await health()).toMatchObject({ status: 'anonymous', cookies_expire: null });
    const capabilities = await (await fetch(`${setup.gateway.url}/wmts/1.0.0/WMTSCapabilities.xml`)).text();
    expect(capabilities.match(/<TileMatrix>/g)).toHaveLength(13 + 12);
  });
});

describe('cookies with a lifetime of one hour', () => {
  const shortLived = withSimulator({ per: 'test', simulator: { cookieLifetimeSeconds: 3600 } });

  it('are not refreshed by every request to /health', async () => {
    await shortLived.start({ cookies: 'session' });
    const expiry = async () =>
      ((await (await shortLived.get('/health')).json()) as { cookies_expire: string | null }).cookies_expire;
    await eventually(async () => (await expiry()) !== null);
    for (let i = 0; i < 10; i++) await expiry();
    await eventually(() => shortLived.simulator.counters.inFlight.web === 0);
    for (let i = 0; i < 10; i++) await expiry();
    // One refresh at the start, one by the first request.
    expect(shortLived.simulator.counters.refreshes.total).toBe(2);
  });
});

it('a low zoom level comes from the anonymous host while the web host stalls', async () => {
  setup.simulator.switches.web = { kind: 'stall' };
  await setup.start({
    cookies: 'session',
    env: { UPSTREAM_TIMEOUT_MS: '3000' },
  });
  expect(await status('/xyz/all/hot/5/16/10.png')).toBe(200);
});
