/** `/admin`: new cookies without a restart. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { eventually } from '../../support/eventually.js';
import { sessionOnly } from '../../support/gateway.js';
import { withGateway } from '../../support/with-gateway.js';

const ADMIN_KEY = 'an-admin-key-0123456789';
const bearer = { authorization: `Bearer ${ADMIN_KEY}` };
const { z, x, y } = tileWithHeat(14);

const setup = withGateway({ cookies: 'full', env: { ADMIN_KEY } });

const push = (body: string, headers: Record<string, string> = bearer) =>
  fetch(`${setup.gateway.url}/admin/cookies`, { method: 'PUT', headers, body });
const status = async () =>
  (await (await fetch(`${setup.gateway.url}/admin/status`, { headers: bearer })).json()) as Record<
    string,
    string | null
  >;
const tile = async () => (await fetch(`${setup.gateway.url}/xyz/all/hot/${z}/${x}/${y}.png`)).status;

describe('failed attempts from many addresses', () => {
  const attempt = async (address: string, key: string) => {
    const headers = { authorization: `Bearer ${key}`, 'x-forwarded-for': address };
    return (await fetch(`${setup.gateway.url}/admin/status`, { headers })).status;
  };

  it('are limited together, and the admin key works all the time, also from a new address', async () => {
    await setup.start({ cookies: 'full', env: { ADMIN_KEY, TRUST_PROXY: 'loopback' } });
    const found = new Map<number, number>();
    for (let network = 0; network < 150; network++) {
      const status = await attempt(`2001:db8:0:${network.toString(16)}::1`, 'wrong-admin-key-0123');
      found.set(status, (found.get(status) ?? 0) + 1);
      if (network % 30 === 0) expect(await attempt(`192.0.2.${network}`, ADMIN_KEY)).toBe(200);
    }
    expect(Object.fromEntries(found)).toEqual({ 401: 100, 429: 50 });
    for (let i = 0; i < 20; i++) expect(await attempt('192.0.2.200', ADMIN_KEY)).toBe(200);
    const metrics = await (await fetch(`${setup.gateway.url}/metrics`)).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="rate_limited"} 50');
  });
});

describe('PUT /admin/cookies', () => {
  it.each([
    ['an exporter array', (value: string) => JSON.stringify([{ name: '_strava4_session', value }])],
    ['a header string', (value: string) => `other=1; _strava4_session=${value}`],
    [
      'a cookies.txt',
      (value: string) =>
        `# Netscape HTTP Cookie File\n#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1893456000\t_strava4_session\t${value}\n`,
    ],
  ])('with %s replaces a rejected session immediately and permanently', async (_name, body) => {
    setup.simulator.endSession('redirect');
    setup.simulator.revokeKeyPair();
    expect(await tile()).toBe(503);
    const value = setup.simulator.startNewSession();
    const answer = await push(body(value));
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      status: 'ok',
      state: 'valid',
      cookies_expire: expect.stringMatching(/^20.*Z$/),
    });
    expect(text).not.toContain(value);
    expect(await tile()).toBe(200);
    await eventually(async () => (await readFile(setup.gateway.cookiesFile, 'utf8')).includes(value));
    expect(await readFile(setup.gateway.cookiesFile, 'utf8')).toContain('unrelated');
    expect(setup.gateway.log()).not.toContain(value);
  });

  it('changes nothing if the session is rejected, the body is malformed, or Strava fails', async () => {
    const before = await readFile(setup.gateway.cookiesFile, 'utf8');
    const held = await status();
    const refusals: [string, number, RegExp][] = [
      ['[{"name":"_strava4_session","value":"dead"}]', 422, /does not accept this session/],
      ['[{"name":"other","value":"x"}]', 422, /no _strava4_session/],
      ['<html>login</html>', 400, /neither JSON nor a list of cookies/],
      ['{"broken', 400, /JSON, but is broken/],
      ['', 400, /empty/],
      ['\0\x01\x02', 400, /cannot be read/],
    ];
    for (const [body, code, detail] of refusals) {
      const answer = await push(body);
      expect([body, answer.status]).toEqual([body, code]);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(detail);
    }
    setup.simulator.switches.web = { kind: 'status', status: 500 };
    expect((await push(JSON.stringify(sessionOnly(setup.simulator)))).status).toBe(503);
    expect((await push('x'.repeat(10 * 1024 * 1024)).catch(() => ({ status: 413 }))).status).toBe(413);
    expect(await status()).toEqual(held);
    expect(await readFile(setup.gateway.cookiesFile, 'utf8')).toBe(before);
    expect(await tile()).toBe(200);
  });

  it('requires the admin key in its header, and limits the number of attempts', async () => {
    const body = JSON.stringify(sessionOnly(setup.simulator));
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'x-api-key': ADMIN_KEY }] as Record<
      string,
      string
    >[])
      expect((await push(body, headers)).status).toBe(401);
    expect((await fetch(`${setup.gateway.url}/admin/status?key=${ADMIN_KEY}`)).status).toBe(401);
    for (let i = 0; i < 20; i++) await push(body, { authorization: 'Bearer wrong' });
    const limited = await push(body);
    expect([limited.status, Number(limited.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(setup.simulator.counters.refreshes.total).toBe(0);
  });

  it('is disabled unless an admin key is set', async () => {
    await setup.start({ cookies: 'full' });
    expect((await push(JSON.stringify(sessionOnly(setup.simulator)))).status).toBe(404);
    expect(setup.simulator.counters.refreshes.total).toBe(0);
  });

  it('is allowed from the extension, and from no other web origin', async () => {
    const preflight = (origin: string) =>
      fetch(`${setup.gateway.url}/admin/cookies`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization',
        },
      });
    const extension = await preflight('chrome-extension://abcdefghijklmnop');
    expect(extension.status).toBe(204);
    expect(extension.headers.get('access-control-allow-origin')).toBe('chrome-extension://abcdefghijklmnop');
    expect(extension.headers.get('access-control-allow-methods')).toContain('PUT');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});
