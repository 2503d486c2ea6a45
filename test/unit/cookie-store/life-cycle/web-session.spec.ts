import { describe, expect, it } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { Secret } from '../../../../src/common/secret.js';
import { HttpWebSession } from '../../../../src/cookie-store/life-cycle/web-session.js';
import { signedSet } from '../../../support/signed-cookies.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const set = signedSet('1', now + 86_400_000);
const lines = (cookies: Record<string, string>) =>
  Object.entries(cookies).map(([name, value]) => `${name}=${value}; Domain=.strava.com; Path=/; Secure`);

describe('a refresh', () => {
  let asked: Dispatcher.RequestOptions[];
  let dumped: boolean;

  /** A web host that gives one answer, or fails. */
  function webSession(answer: Error | { status: number; headers?: Record<string, string | string[]> }) {
    asked = [];
    dumped = false;
    const request = async (options: Dispatcher.RequestOptions) => {
      asked.push(options);
      if (answer instanceof Error) throw answer;
      const body = { dump: async () => (dumped = true) };
      return { statusCode: answer.status, headers: answer.headers ?? {}, body };
    };
    const dispatcher = { request } as unknown as Dispatcher;
    const session = new HttpWebSession('https://www.strava.com', dispatcher, () => now);
    return session.refresh(new Secret('canary-session'), new AbortController().signal);
  }

  it('asks with the session alone, and lets the connection go', async () => {
    await webSession({ status: 200 });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ origin: 'https://www.strava.com', path: '/maps', method: 'HEAD' });
    expect(Object.keys(asked[0]!.headers as object)).toEqual(['cookie', 'user-agent']);
    expect(asked[0]!.headers).toMatchObject({ cookie: '_strava4_session=canary-session' });
    expect(dumped).toBe(true);
  });

  it('succeeds with 200 and all four cookies; the session is new only when one came', async () => {
    const answer = await webSession({ status: 200, headers: { 'set-cookie': lines(set) } });
    if (answer.kind !== 'success') throw new Error(answer.kind);
    expect(answer.signed.expiresAt).toBe(now + 86_400_000);
    expect(answer.session).toBeUndefined();
    const renewed = await webSession({
      status: 200,
      headers: { 'set-cookie': lines({ ...set, _strava4_session: 'rotated' }) },
    });
    expect(renewed.kind === 'success' && renewed.session?.reveal()).toBe('rotated');
  });

  const { _strava_idcf: _missing, ...three } = set;
  it.each([
    ['a redirect to /login', 302, { location: 'https://www.strava.com/login' }, 'session_rejected'],
    ['a redirect to /login with a way back', 303, { location: '/login?to=%2Fmaps' }, 'session_rejected'],
    ['a redirect to /session', 302, { location: '/session' }, 'session_rejected'],
    [
      'a redirect to /login with the onboarding as way back',
      302,
      { location: '/login?to=/onboarding' },
      'session_rejected',
    ],
    ['a redirect to a localized login', 302, { location: '/de/login' }, 'session_rejected'],
    ['a redirect to /onboarding', 302, { location: '/onboarding' }, 'onboarding'],
    ['a redirect to a step of it', 302, { location: '/onboarding/interests?step=2' }, 'onboarding'],
    [
      'a redirect to its URL',
      302,
      { location: 'https://www.strava.com/onboarding?from=/login' },
      'onboarding',
    ],
    ['a redirect to it without a scheme', 302, { location: '//www.strava.com/onboarding' }, 'onboarding'],
    ['a localized redirect to it', 303, { location: '/pt-BR/onboarding/' }, 'onboarding'],
    ['a permanent redirect to it', 301, { location: '/onboarding#top' }, 'onboarding'],
    ['a temporary redirect to it', 307, { location: '/onboarding' }, 'onboarding'],
    ['a redirect with cookies', 308, { location: '/onboarding', 'set-cookie': lines(set) }, 'onboarding'],
    [
      'a redirect to a name that begins like the onboarding',
      302,
      { location: '/onboardings' },
      'upstream_error',
    ],
    ['200 with the location of the onboarding', 200, { location: '/onboarding' }, 'session_rejected'],
    ['a redirect to an invalid location', 302, { location: 'https://' }, 'upstream_error'],
    ['a redirect to elsewhere', 302, { location: 'https://www.strava.com/maintenance' }, 'upstream_error'],
    ['a redirect to a name that begins like it', 302, { location: '/logins' }, 'upstream_error'],
    ['a redirect to nowhere', 301, {}, 'upstream_error'],
    ['200 without cookies', 200, {}, 'session_rejected'],
    ['200 with three cookies', 200, { 'set-cookie': lines(three) }, 'session_rejected'],
    ['200 with deletions', 200, { 'set-cookie': lines({ ...set, _strava_idcf: '' }) }, 'session_rejected'],
    ['all four cookies, but 500', 500, { 'set-cookie': lines(set) }, 'upstream_error'],
    ['429', 429, { 'retry-after': '77' }, 'upstream_error'],
    ['204 with all four cookies', 204, { 'set-cookie': lines(set) }, 'upstream_error'],
  ])('that gets %s is judged by it', async (_name, status, headers, kind) => {
    expect((await webSession({ status, headers: { ...headers } })).kind).toBe(kind);
  });

  it('is told how long to wait', async () => {
    const answer = await webSession({ status: 429, headers: { 'retry-after': '77' } });
    expect(answer).toMatchObject({ kind: 'upstream_error', retryAfterSeconds: 77 });
  });

  it('that gets no answer names the fault and neither address nor session', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED www.strava.com canary-session'), {
      code: 'ECONNREFUSED',
    });
    expect(await webSession(error)).toEqual({
      kind: 'upstream_error',
      detail: 'the web host cannot be reached (ECONNREFUSED)',
    });
  });

  it('goes to the web host below a path when the setting has one', async () => {
    const request = async (options: Dispatcher.RequestOptions) => {
      asked.push(options);
      throw new Error('enough');
    };
    asked = [];
    const session = new HttpWebSession(
      'http://127.0.0.1:1/base',
      { request } as unknown as Dispatcher,
      () => now,
    );
    await session.refresh(new Secret('x'), new AbortController().signal);
    expect(asked[0]).toMatchObject({ origin: 'http://127.0.0.1:1', path: '/base/maps' });
  });
});
