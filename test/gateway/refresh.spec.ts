import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import {
  eventually,
  fullCookies,
  sessionOnly,
  startGateway,
  type RunningGateway,
} from '../support/gateway.js';

let simulator: Simulator;
let running: RunningGateway;

beforeEach(async () => {
  simulator = await startSimulator();
});

afterEach(async () => {
  await running?.close();
  await simulator.close();
});

const { x, y } = tileWithHeat(13);
const status = async (path: string) => {
  const answer = await request(`${running.url}${path}`);
  await answer.body.dump();
  return answer.statusCode;
};
const health = async () =>
  (await fetch(`${running.url}/health`)).json() as Promise<Record<string, string | null>>;
const refreshes = () => simulator.counters.refreshes.total;

describe('signed cookies', () => {
  it('are got at the start from a session alone, and written to the file with the session kept', async () => {
    running = await startGateway(simulator, {
      cookies: [{ name: 'other', value: 'x' }, ...sessionOnly(simulator)],
    });
    expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
    expect(refreshes()).toBe(1);
    await eventually(async () => (await readFile(running.cookiesFile, 'utf8')).includes('CloudFront-Policy'));
    const entries = JSON.parse(await readFile(running.cookiesFile, 'utf8')) as {
      name: string;
      value: string;
    }[];
    expect(entries.slice(0, 2)).toEqual([{ name: 'other', value: 'x' }, ...sessionOnly(simulator)]);
    expect((await health()).status).toBe('ok');
  });

  it('that are refused are renewed once for forty waiting tiles, and no client learns of it', async () => {
    running = await startGateway(simulator, { cookies: fullCookies(simulator) });
    simulator.revokeKeyPair();
    simulator.switches.web = { kind: 'latency', latencyMs: 100 };
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, i) => status(`/xyz/all/hot/13/${x - 20 + i}/${y}.png`)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refreshes()).toBe(1);
  });

  it('are renewed as often as they are revoked under load, and every answer is 200', async () => {
    running = await startGateway(simulator, {
      cookies: fullCookies(simulator),
      env: { TILE_CACHE_MAX_BYTES: '0' },
    });
    const revoking = setInterval(() => simulator.revokeKeyPair(), 500);
    const end = Date.now() + 6000;
    const statuses = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 40 }, async (_, client) => {
        for (let n = 0; Date.now() < end; n++) {
          const code = await status(`/xyz/all/hot/13/${x - 20 + client}/${y - 50 + (n % 100)}.png`);
          statuses.set(code, (statuses.get(code) ?? 0) + 1);
        }
      }),
    );
    clearInterval(revoking);
    expect([...statuses.keys()]).toEqual([200]);
    expect(simulator.counters.revocations).toBeGreaterThan(8);
    expect(refreshes()).toBeLessThanOrEqual(simulator.counters.revocations + 1);
  });

  it('that are refused although they are fresh cause no storm', async () => {
    running = await startGateway(simulator, { cookies: fullCookies(simulator) });
    simulator.switches.refuseAll = true;
    for (let i = 0; i < 20; i++) expect(await status(`/xyz/all/hot/13/${x + i}/${y}.png`)).toBe(503);
    expect(refreshes()).toBe(1);
    expect(simulator.counters.requests.tiles).toBe(2);
    expect((await health()).status).toBe('degraded');
    simulator.switches.refuseAll = false;
    await eventually(async () => (await status(`/xyz/all/hot/13/${x}/${y}.png`)) === 200, 8000);
    expect((await health()).status).toBe('ok');
  });
});

describe.each(['redirect', 'no-cookies'] as const)('a dead session that shows as %s', (face) => {
  it('keeps low zooms and cached tiles, says what to do, and ends with a new cookie file', async () => {
    running = await startGateway(simulator, { cookies: fullCookies(simulator) });
    expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
    simulator.endSession(face);
    simulator.revokeKeyPair();
    const deep = await fetch(`${running.url}/xyz/all/hot/13/${x + 1}/${y}.png`);
    expect(deep.status).toBe(503);
    expect(deep.headers.get('content-type')).toBe('application/problem+json');
    expect(((await deep.json()) as { detail: string }).detail).toMatch(
      /session has ended.*export the cookies again/,
    );
    expect(await status(`/xyz/all/hot/13/${x}/${y}.png`)).toBe(200);
    expect(await status(`/xyz/all/hot/12/${x >> 1}/${y >> 1}.png`)).toBe(200);
    expect(simulator.counters.requests.anonymous).toBe(1);
    for (let i = 0; i < 10; i++) await status(`/xyz/all/hot/13/${x + 2 + i}/${y}.png`);
    expect(refreshes()).toBe(1);
    expect(await health()).toMatchObject({
      status: 'degraded',
      action: expect.stringContaining('export the cookies again'),
    });
    const ready = await fetch(`${running.url}/readyz`);
    expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([200, 'degraded']);
    expect(running.log()).toContain('export the cookies again');
    expect(await (await fetch(`${running.url}/metrics`)).text()).toContain('heatmap_session_valid 0');

    simulator.startNewSession();
    await writeFile(running.cookiesFile, JSON.stringify(sessionOnly(simulator)));
    await eventually(async () => (await status(`/xyz/all/hot/13/${x + 1}/${y}.png`)) === 200);
    expect((await health()).status).toBe('ok');
  });
});

describe('without any cookies', () => {
  it('low zooms come from the anonymous host, and deeper ones are refused in plain words', async () => {
    running = await startGateway(simulator);
    expect(await status(`/xyz/all/hot/12/${x >> 1}/${y >> 1}.png`)).toBe(200);
    expect(await status(`/xyz/all/hot/11/${x >> 2}/${y >> 2}@2x.png`)).toBe(200);
    for (const path of [
      `/xyz/all/hot/13/${x}/${y}.png`,
      `/xyz/all/hot/12/${x >> 1}/${y >> 1}@2x.png`,
      `/xyz/all/hot/1/0/0@4x.png`,
    ]) {
      const refused = await fetch(`${running.url}${path}`);
      expect(refused.status).toBe(404);
      expect(((await refused.json()) as { detail: string }).detail).toContain('needs Strava cookies');
    }
    const kvp = await fetch(
      `${running.url}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=13&TILEROW=${y}&TILECOL=${x}`,
    );
    expect(kvp.status).toBe(400);
    expect(await kvp.text()).toContain('exceptionCode="InvalidParameterValue" locator="TileMatrix"');
    expect(simulator.counters.requests.tiles).toBe(0);
    expect(refreshes()).toBe(0);
    expect(await health()).toMatchObject({ status: 'anonymous', cookies_expire: null });
    const capabilities = await (await fetch(`${running.url}/wmts/1.0.0/WMTSCapabilities.xml`)).text();
    expect(capabilities.match(/<TileMatrix>/g)).toHaveLength(13 + 12);
  });
});

it('cookies that live an hour are not refreshed by each look at /health', async () => {
  await simulator.close();
  simulator = await startSimulator({ cookieLifetimeSeconds: 3600 });
  running = await startGateway(simulator, { cookies: sessionOnly(simulator) });
  await eventually(async () => (await health()).cookies_expire !== null);
  for (let i = 0; i < 10; i++) await health();
  await eventually(() => simulator.counters.inFlight.web === 0);
  for (let i = 0; i < 10; i++) await health();
  // One at the start, one by the first look.
  expect(refreshes()).toBe(2);
});

it('a low zoom comes from the anonymous host while the web host hangs', async () => {
  simulator.switches.web = { kind: 'stall' };
  running = await startGateway(simulator, {
    cookies: sessionOnly(simulator),
    env: { UPSTREAM_TIMEOUT_MS: '1000' },
  });
  expect(await status('/xyz/all/hot/5/16/10.png')).toBe(200);
});
