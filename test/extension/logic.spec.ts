import { describe, expect, it } from '@jest/globals';

interface PushResult {
  ok: boolean;
  text: string;
  cause?: 'session' | 'gateway';
  retryAfter?: number | undefined;
}
interface PushRecord {
  pushed?: string;
  failed?: { digest: string; cause: 'session' | 'gateway'; times: number; retryAt: number };
  last?: { text: string };
}

/** The extension is plain JavaScript: the compiler does not resolve a computed module name. */
const load = async <Module>(name: string) => (await import(`../../extension/lib/${name}`)) as Module;

const { readGatewayUrl, problemOfKey } = await load<{
  readGatewayUrl: (text: string) => { url?: string; warning?: string; problem?: string };
  problemOfKey: (key: string) => string | undefined;
}>('gateway-url.js');
const { pushResult, statusText } = await load<{
  pushResult: (reply: object, now?: number) => PushResult;
  statusText: (reply: object, now?: number) => { tone: string; text: string };
}>('gateway-text.js');
const { digestOf, nextStep, recordAfter } = await load<{
  digestOf: (url: string, session: string) => Promise<string>;
  nextStep: (record: PushRecord, digest: string, now: number) => { do: string; until?: number };
  recordAfter: (
    record: PushRecord,
    digest: string,
    result: PushResult,
    auto: boolean,
    now: number,
  ) => PushRecord;
}>('push-record.js');
const { setsSession } = await load<{ setsSession: (change: object) => boolean }>('strava-cookies.js');

const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const response = (status: number, body: object = {}, retryAfter?: number) => ({
  kind: 'response',
  status,
  body,
  retryAfter,
});

describe('the gateway URL', () => {
  it.each([
    ['https://tiles.example.org', 'https://tiles.example.org/'],
    ['  HTTPS://Tiles.example.org/heat//', 'https://tiles.example.org/heat/'],
    ['http://localhost:8080', 'http://localhost:8080/'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ])('"%s" is accepted without a warning', (input, url) => {
    expect(readGatewayUrl(input)).toEqual({ url, warning: undefined });
  });

  it.each([
    'http://192.168.1.5:8080',
    'http://nas',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
  ])('"%s" is accepted with a warning, because it is not encrypted', (input) => {
    expect(readGatewayUrl(input)).toMatchObject({ warning: expect.stringContaining('not encrypted') });
  });

  it.each([
    '',
    'tiles.example.org',
    'ftp://tiles.example.org',
    'javascript:alert(1)',
    'https://',
    'https://a:b@tiles.example.org',
    'https://tiles.example.org/?key=1',
    'https://tiles.example.org/#here',
  ])('"%s" is rejected with a sentence', (input) => {
    expect(readGatewayUrl(input)).toEqual({ problem: expect.stringMatching(/\.$/) });
  });

  it('needs an admin key that fits in a header', () => {
    expect(problemOfKey('0123456789-abcdef_/+=')).toBeUndefined();
    for (const key of ['', 'two words', 'schlüssel', 'line\nbreak']) expect(problemOfKey(key)).toMatch(/\.$/);
  });
});

describe('the text for a response', () => {
  it('reports success with the expiry', () => {
    const body = { status: 'ok', state: 'valid', cookies_expire: '2026-06-02T12:00:00Z' };
    expect(pushResult(response(200, body), NOW)).toEqual({
      ok: true,
      text: expect.stringMatching(/working cookies until .*\(in 1 day\)/),
    });
  });

  it.each([
    [400, 'session', /could not read.*The gateway reports: “why”/],
    [401, 'gateway', /refused the admin key/],
    [404, 'gateway', /ADMIN_KEY/],
    [413, 'session', /too large/],
    [422, 'session', /Log in at strava\.com/],
    [429, 'gateway', /in 40 s/],
    [502, 'gateway', /Strava did not respond.*The gateway reports: “why”/],
    [503, 'gateway', /Strava did not respond/],
    [504, 'gateway', /Strava did not respond/],
    [200, 'gateway', /not a gateway/],
    [418, 'gateway', /status 418/],
  ])('%d is a failure because of the %s', (status, cause, text) => {
    const result = pushResult(response(status, { detail: 'why' }, 40), NOW);
    expect(result).toMatchObject({ ok: false, cause, text: expect.stringMatching(text) });
  });

  it.each(['unreachable', 'timeout', 'redirect'])('exists without a response: %s', (kind) => {
    expect(pushResult({ kind })).toEqual({
      ok: false,
      text: expect.stringMatching(/\.$/),
      cause: 'gateway',
    });
  });

  it('shortens a long detail', () => {
    expect(pushResult(response(500, { detail: 'x'.repeat(100_000) })).text.length).toBeLessThan(400);
  });

  it.each([
    ['valid', 'good'],
    ['anonymous', 'bad'],
    ['session_rejected', 'bad'],
    ['onboarding', 'bad'],
    ['upstream_error', 'bad'],
    ['something new', 'unknown'],
  ])('reports the state of the gateway: %s', (state, tone) => {
    expect(statusText(response(200, { state, cookies_expire: null }), NOW).tone).toBe(tone);
  });
});

describe('automatic push', () => {
  const gatewayFailure: PushResult = { ok: false, text: 'unavailable', cause: 'gateway' };
  const sessionRefused: PushResult = { ok: false, text: 'refused', cause: 'session' };

  it('pushes a session once to each gateway', async () => {
    const digest = await digestOf('https://one/', 'session');
    const record = recordAfter({}, digest, { ok: true, text: 'fine' }, true, NOW);
    expect(nextStep({}, digest, NOW)).toEqual({ do: 'push' });
    expect(nextStep(record, digest, NOW)).toEqual({ do: 'nothing' });
    expect(nextStep(record, await digestOf('https://two/', 'session'), NOW)).toEqual({ do: 'push' });
    expect(nextStep(record, await digestOf('https://one/', 'other'), NOW)).toEqual({ do: 'push' });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('pauses longer after each failure of the gateway, up to six hours, for any session', () => {
    let record: PushRecord = { pushed: 'old' };
    const pauses: number[] = [];
    for (let times = 0; times < 12; times++) {
      record = recordAfter(record, `session ${times}`, gatewayFailure, true, NOW);
      pauses.push((record.failed!.retryAt - NOW) / MINUTE);
      const step = nextStep(record, 'another', NOW + 30_000);
      expect(step).toEqual({ do: 'wait', until: record.failed!.retryAt });
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
    expect(record.pushed).toBe('old');
    expect(nextStep(record, 'another', record.failed!.retryAt)).toEqual({ do: 'push' });
  });

  it('waits at least for the Retry-After of the gateway', () => {
    const record = recordAfter({}, 'a', { ...gatewayFailure, retryAfter: 900 }, true, NOW);
    expect(record.failed?.retryAt).toBe(NOW + 15 * MINUTE);
  });

  it('does not retry a refused session, but pushes a new one at once', () => {
    const record = recordAfter({}, 'a', sessionRefused, true, NOW);
    expect(nextStep(record, 'a', NOW + 10_000)).toEqual({ do: 'wait', until: undefined });
    expect(nextStep(record, 'b', NOW + 10_000)).toEqual({ do: 'push' });
  });

  it('forgets failures after a success', () => {
    const failed = recordAfter({}, 'a', gatewayFailure, true, NOW);
    const record = recordAfter(failed, 'a', { ok: true, text: 'fine' }, true, NOW);
    expect(record).toEqual({ pushed: 'a', last: { ok: true, text: 'fine', at: NOW, auto: true } });
  });

  it.each([
    ['_strava4_session', '.strava.com', false, true],
    ['_strava4_session', 'www.strava.com', false, true],
    ['_strava4_session', '.strava.com', true, false],
    ['_strava4_session', '.notstrava.com', false, false],
    ['CloudFront-Policy', '.strava.com', false, false],
  ])('detects a new session: %s of %s, removed: %s', (name, domain, removed, expected) => {
    expect(setsSession({ removed, cookie: { name, domain } })).toBe(expected);
  });
});
