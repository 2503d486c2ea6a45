import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EMAIL, PASSWORD } from '../login.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { cookieHeader, keptCookies, send, type Reply } from '../spec-client.js';
import type { EndedSession } from '../switches.js';

const TILE_COOKIES = ['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature', '_strava_idcf'];

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function refresh(session = simulator.sessionValue, method = 'HEAD', path = '/maps'): Promise<Reply> {
  return send(`${simulator.webUrl}${path}`, { method, headers: cookieHeader({ _strava4_session: session }) });
}

async function statusOfATile(cookies: Record<string, string>): Promise<number> {
  const url = `${simulator.tilesUrl}/identified/globalheat/all/hot/0/0/0.png`;
  return (await send(url, { headers: cookieHeader(cookies) })).status;
}

describe('a refresh', () => {
  it.each([
    ['GET', '/maps'],
    ['HEAD', '/maps'],
    ['HEAD', '/maps/global-heatmap'],
  ])('by %s %s deletes the tile cookies first and then sets valid ones', async (method, path) => {
    const { status, headers } = await refresh(simulator.sessionValue, method, path);
    const lines = headers['set-cookie'] ?? [];
    expect(status).toBe(200);
    const names = lines.map((line) => line.split('=')[0]);
    expect(names).toEqual([...TILE_COOKIES, ...TILE_COOKIES, '_strava_CloudFront-Expires']);
    expect(lines.slice(0, 4).every((line) => /^[^=]+=;.*Max-Age=-1/.test(line))).toBe(true);
    expect(lines.slice(4).every((line) => /^[^=]+=[^;]+;/.test(line))).toBe(true);
    expect(await statusOfATile(keptCookies(lines))).toBe(200);
    expect(simulator.counters.refreshes).toMatchObject({ total: 1, issued: 1 });
  });

  it('sets a cookie with the expiry', async () => {
    const { headers } = await refresh();
    const expires = Number(keptCookies(headers['set-cookie'])['_strava_CloudFront-Expires']);
    expect(Math.abs(expires - Date.now() - 86_400_000)).toBeLessThan(10_000);
  });

  it('with an unknown session, or with none, redirects to the login', async () => {
    for (const reply of [await refresh('unknown'), await send(`${simulator.webUrl}/maps`)]) {
      expect([reply.status, reply.headers.location]).toEqual([302, '/login']);
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    expect(simulator.counters.refreshes).toMatchObject({ total: 2, 'no-session': 2 });
  });

  const responses: Array<[EndedSession, number]> = [
    ['redirect', 302],
    ['no-cookies', 200],
    ['error', 500],
  ];
  it.each(responses)(
    'with an ended session (%s) answers %d and sets no cookies',
    async (response, status) => {
      simulator.endSession(response);
      const ended = await refresh();
      simulator.startNewSession();
      simulator.switches.endedSession = response;
      const switched = await refresh();
      for (const reply of [ended, switched]) {
        expect(reply.status).toBe(status);
        expect(Object.values(keptCookies(reply.headers['set-cookie'])).join('')).toBe('');
      }
      expect(simulator.counters.refreshes).toMatchObject({ total: 2, [response]: 2 });
    },
  );

  it('of an account whose set-up is not finished redirects to it, and sets no cookies', async () => {
    simulator.switches.onboarding = true;
    const { status, headers } = await refresh();
    expect([status, headers.location, headers['set-cookie']]).toEqual([302, '/onboarding', undefined]);
    expect((await refresh('unknown')).headers.location).toBe('/login');
    expect(simulator.counters.refreshes).toMatchObject({ total: 2, onboarding: 1, 'no-session': 1 });
    simulator.switches.onboarding = false;
    expect((await refresh()).status).toBe(200);
  });

  it('with the session of a visitor redirects to the login', async () => {
    const { headers } = await send(simulator.webUrl);
    const session = keptCookies(headers['set-cookie'])['_strava4_session'];
    expect(session).toMatch(/^[0-9a-f]{32}$/);
    expect((await refresh(session)).headers.location).toBe('/login');
    expect(
      (await send(simulator.webUrl, { headers: cookieHeader({ _strava4_session: session! }) })).headers[
        'set-cookie'
      ],
    ).toBeUndefined();
  });

  it('succeeds with a new session, and not with the ended one', async () => {
    const old = simulator.sessionValue;
    simulator.endSession('redirect');
    const value = simulator.startNewSession();
    expect(simulator.sessionValue).toBe(value);
    expect((await refresh(value)).status).toBe(200);
    expect((await refresh(old)).status).toBe(302);
  });

  it('leaves the signed cookies valid when the session ends', async () => {
    const cookies = simulator.issueCookies();
    simulator.endSession('redirect');
    expect(await statusOfATile(cookies)).toBe(200);
  });
});

describe('the form login', () => {
  interface Form {
    email?: string;
    password?: string;
    token?: string;
  }

  async function login({ email = EMAIL, password = PASSWORD, token }: Form = {}): Promise<Reply> {
    const page = await send(`${simulator.webUrl}/login`);
    const hidden = /name="authenticity_token" value="([^"]+)"/.exec(page.body.toString())?.[1] ?? '';
    const fields = { authenticity_token: token ?? hidden, email, password, remember_me: 'on' };
    return send(`${simulator.webUrl}/session`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...cookieHeader(keptCookies(page.headers['set-cookie'])),
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  it('redirects to the dashboard with a session that can refresh', async () => {
    const { status, headers } = await login();
    expect([status, headers.location]).toEqual([302, '/dashboard']);
    const cookies = keptCookies(headers['set-cookie']);
    expect((await refresh(cookies['_strava4_session'])).status).toBe(200);
    const dashboard = await send(`${simulator.webUrl}/dashboard`, { headers: cookieHeader(cookies) });
    expect(dashboard.status).toBe(200);
    expect(simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
  });

  it('redirects to the onboarding of an account whose set-up is not finished', async () => {
    simulator.switches.onboarding = true;
    const { status, headers } = await login();
    expect([status, headers.location]).toEqual([302, '/onboarding']);
    const cookies = cookieHeader(keptCookies(headers['set-cookie']));
    expect((await send(`${simulator.webUrl}/onboarding`, { headers: cookies })).status).toBe(200);
    expect((await send(`${simulator.webUrl}/dashboard`, { headers: cookies })).headers.location).toBe(
      '/onboarding',
    );
    expect((await send(`${simulator.webUrl}/onboarding`)).headers.location).toBe('/login');
  });

  it('issues no valid session before the password is correct', async () => {
    const page = await send(`${simulator.webUrl}/login`);
    const before = keptCookies(page.headers['set-cookie'])['_strava4_session'];
    expect((await refresh(before)).status).toBe(302);
  });

  it.each([{ password: 'wrong' }, { email: 'unknown@example.com' }, { token: 'forged' }])(
    'redirects to itself with %j',
    async (form) => {
      const { status, headers } = await login(form);
      expect([status, headers.location, headers['set-cookie']]).toEqual([302, '/login', undefined]);
    },
  );

  it('can show a captcha', async () => {
    simulator.switches.captcha = true;
    const { status, body } = await login();
    expect([status, body.toString()]).toEqual([200, expect.stringContaining('g-recaptcha')]);
  });
});
