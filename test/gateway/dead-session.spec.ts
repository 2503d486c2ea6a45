import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PNG } from 'pngjs';
import { tileWithHeat } from '../simulator/find-tile.js';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { eventually, fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';

let simulator: Simulator;
let running: RunningGateway;
const { x, y } = tileWithHeat(14);
const deep = `/xyz/all/hot/14/${x}/${y}`;
const low = `/xyz/all/hot/11/${x >> 3}/${y >> 3}`;
const get = (path: string) => fetch(`${running.url}${path}`, { redirect: 'manual' });

const startDead = async (env: Record<string, string>) => {
  running = await startGateway(simulator, { cookies: fullCookies(simulator), env });
  simulator.endSession('redirect');
  simulator.revokeKeyPair();
};

beforeEach(async () => {
  simulator = await startSimulator();
});

afterEach(async () => {
  await running.close();
  await simulator.close();
});

describe('SESSION_EXPIRED_TILE', () => {
  it('gives a readable tile of the right size, never cached, where there would be 503', async () => {
    await startDead({ SESSION_EXPIRED_TILE: 'true' });
    for (const [suffix, size] of [
      ['', 256],
      ['@2x', 512],
      ['@4x', 1024],
    ] as const) {
      const answer = await get(`${deep}${suffix}.png`);
      expect([
        answer.status,
        answer.headers.get('content-type'),
        answer.headers.get('cache-control'),
      ]).toEqual([200, 'image/png', 'no-store']);
      expect(answer.headers.get('etag')).toBeNull();
      const png = PNG.sync.read(Buffer.from(await answer.arrayBuffer()));
      expect([png.width, png.height]).toEqual([size, size]);
      expect(png.data.some((byte, i) => i % 4 === 3 && byte === 255)).toBe(true);
    }
    expect((await get(`${low}.png`)).headers.get('cache-control')).toContain('max-age');
    simulator.startNewSession();
  });
});

describe('ANONYMOUS_MODE=redirect', () => {
  it('sends low zooms to the anonymous host by an absolute address without the key, and carries no bytes', async () => {
    running = await startGateway(simulator, {
      env: { ANONYMOUS_MODE: 'redirect' },
      keys: { keys: ['a-secret-key'] },
    });
    const answer = await get(`${low}.png?key=a-secret-key`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(
      `${simulator.anonymousUrl}/tiles/all/hot/11/${x >> 3}/${y >> 3}.png?px=256`,
    );
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await fetch(answer.headers.get('location')!)).status).toBe(200);
    expect((await get(`${deep}.png?key=a-secret-key`)).status).toBe(404);
    expect(simulator.counters.requests).toEqual({ tiles: 0, web: 0, anonymous: 1 });
  });

  it('carries the bytes itself for a key in a header, which a client may repeat where a redirect leads', async () => {
    running = await startGateway(simulator, {
      env: { ANONYMOUS_MODE: 'redirect' },
      keys: { keys: ['a-secret-key'] },
    });
    const answer = await fetch(`${running.url}${low}.png`, {
      redirect: 'manual',
      headers: { 'x-api-key': 'a-secret-key' },
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(simulator.requests)).not.toContain('a-secret-key');
  });

  it('leaves everything to the gateway while there are valid cookies', async () => {
    running = await startGateway(simulator, {
      cookies: fullCookies(simulator),
      env: { ANONYMOUS_MODE: 'redirect' },
    });
    expect((await get(`${low}.png`)).status).toBe(200);
    expect(simulator.counters.requests.anonymous).toBe(0);
  });
});

describe('SESSION_RENEWAL=form', () => {
  const env = { SESSION_RENEWAL: 'form', STRAVA_EMAIL: EMAIL, STRAVA_PASSWORD: PASSWORD };

  it('logs in again when the session is rejected, while no client hangs', async () => {
    await startDead(env);
    simulator.switches.web = { kind: 'latency', latencyMs: 300 };
    const first = await get(`${deep}.png`);
    expect(first.status).toBe(503);
    const began = Date.now();
    const meanwhile = await get(`${deep}@2x.png`);
    expect([meanwhile.status, Number(meanwhile.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect(Date.now() - began).toBeLessThan(200);
    simulator.switches.deadSession = null;
    await eventually(async () => (await get(`${deep}.png`)).status === 200);
    expect(simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    const log = running.log();
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain(EMAIL);
  });

  it('tries once, and then pauses for hours', async () => {
    await startDead({ ...env, STRAVA_PASSWORD: 'wrong' });
    expect((await get(`${deep}.png`)).status).toBe(503);
    await eventually(() => running.log().includes('logging in again failed'));
    for (let i = 0; i < 5; i++) await get(`/xyz/all/hot/14/${x + i}/${y}.png`);
    expect(simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
    const health = (await (await get('/health')).json()) as { reason: string };
    expect(health.reason).toContain('logging in again failed (wrong_credentials');
  });
});
