import { describe, expect, it } from '@jest/globals';

interface Verdict {
  ok: boolean;
  words: string;
  aboutSession?: boolean;
  retryAfter?: number | undefined;
}
interface PushRecord {
  pushed?: string;
  failed?: { mark: string; aboutSession: boolean; times: number; retryAt: number };
  last?: { words: string };
}

/** The extension is plain JavaScript, so its modules are loaded by a name that the compiler does not follow. */
const load = async <Module>(name: string) => (await import(`../../extension/lib/${name}`)) as Module;

const { readGatewayAddress, problemOfKey } = await load<{
  readGatewayAddress: (text: string) => { url?: string; warning?: string; problem?: string };
  problemOfKey: (key: string) => string | undefined;
}>('gateway-address.js');
const { verdictOnPush, wordsForStatus } = await load<{
  verdictOnPush: (reply: object, now?: number) => Verdict;
  wordsForStatus: (reply: object, now?: number) => { tone: string; words: string };
}>('gateway-words.js');
const { markOf, nextStep, recordAfter } = await load<{
  markOf: (url: string, session: string) => Promise<string>;
  nextStep: (record: PushRecord, mark: string, now: number) => { do: string; until?: number };
  recordAfter: (record: PushRecord, mark: string, verdict: Verdict, auto: boolean, now: number) => PushRecord;
}>('push-record.js');
const { setsSession } = await load<{ setsSession: (change: object) => boolean }>('strava-cookies.js');

const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const answer = (status: number, body: object = {}, retryAfter?: number) => ({
  kind: 'answer',
  status,
  body,
  retryAfter,
});

describe('the address of the gateway', () => {
  it.each([
    ['https://tiles.example.org', 'https://tiles.example.org/'],
    ['  HTTPS://Tiles.example.org/heat//', 'https://tiles.example.org/heat/'],
    ['http://localhost:8080', 'http://localhost:8080/'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ])('"%s" is taken without a warning', (typed, url) => {
    expect(readGatewayAddress(typed)).toEqual({ url, warning: undefined });
  });

  it.each([
    'http://192.168.1.5:8080',
    'http://nas',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
  ])('"%s" is taken with a warning, because others can listen', (typed) => {
    expect(readGatewayAddress(typed)).toMatchObject({ warning: expect.stringContaining('Plain http') });
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
  ])('"%s" is refused with a sentence', (typed) => {
    expect(readGatewayAddress(typed)).toEqual({ problem: expect.stringMatching(/\.$/) });
  });

  it('goes with a key that fits in a header', () => {
    expect(problemOfKey('0123456789-abcdef_/+=')).toBeUndefined();
    for (const key of ['', 'two words', 'schlüssel', 'line\nbreak']) expect(problemOfKey(key)).toMatch(/\.$/);
  });
});

describe('the words for an answer', () => {
  it('tell of success with the time', () => {
    const body = { status: 'ok', state: 'valid', cookies_expire: '2026-06-02T12:00:00Z' };
    expect(verdictOnPush(answer(200, body), NOW)).toEqual({
      ok: true,
      words: expect.stringMatching(/working cookies until .*\(in 1 day\)/),
    });
  });

  it.each([
    [400, true, /did not understand.*It says: “why”/],
    [401, false, /refused the admin key/],
    [404, false, /ADMIN_KEY/],
    [413, true, /too large/],
    [422, true, /Log in at strava\.com/],
    [429, false, /in 40 s/],
    [502, false, /Strava did not answer.*It says: “why”/],
    [503, false, /Strava did not answer/],
    [504, false, /Strava did not answer/],
    [200, false, /not a gateway/],
    [418, false, /answered with 418/],
  ])('%d is a failure, about the session: %s', (status, aboutSession, words) => {
    const verdict = verdictOnPush(answer(status, { detail: 'why' }, 40), NOW);
    expect(verdict).toMatchObject({ ok: false, aboutSession, words: expect.stringMatching(words) });
  });

  it.each(['silence', 'timeout', 'redirect'])('there are some for no answer: %s', (kind) => {
    expect(verdictOnPush({ kind })).toEqual({ ok: false, words: expect.stringMatching(/\.|\?$/) });
  });

  it('do not repeat a long text of whoever answers', () => {
    expect(verdictOnPush(answer(500, { detail: 'x'.repeat(100_000) })).words.length).toBeLessThan(400);
  });

  it.each([
    ['valid', 'good'],
    ['anonymous', 'bad'],
    ['session_rejected', 'bad'],
    ['upstream_error', 'bad'],
    ['something new', 'unknown'],
  ])('say how the gateway is: %s', (state, tone) => {
    expect(wordsForStatus(answer(200, { state, cookies_expire: null }), NOW).tone).toBe(tone);
  });
});

describe('pushing by itself', () => {
  const gatewayTrouble: Verdict = { ok: false, words: 'trouble' };
  const sessionRefused: Verdict = { ok: false, words: 'refused', aboutSession: true };

  it('pushes a session once for each gateway', async () => {
    const mark = await markOf('https://one/', 'session');
    const record = recordAfter({}, mark, { ok: true, words: 'fine' }, true, NOW);
    expect(nextStep({}, mark, NOW)).toEqual({ do: 'push' });
    expect(nextStep(record, mark, NOW)).toEqual({ do: 'nothing' });
    expect(nextStep(record, await markOf('https://two/', 'session'), NOW)).toEqual({ do: 'push' });
    expect(nextStep(record, await markOf('https://one/', 'other'), NOW)).toEqual({ do: 'push' });
    expect(mark).toMatch(/^[0-9a-f]{64}$/);
  });

  it('pauses longer after each failure of the gateway, up to six hours, whatever the session', () => {
    let record: PushRecord = { pushed: 'old' };
    const pauses: number[] = [];
    for (let times = 0; times < 12; times++) {
      record = recordAfter(record, `session ${times}`, gatewayTrouble, true, NOW);
      pauses.push((record.failed!.retryAt - NOW) / MINUTE);
      const step = nextStep(record, 'another', NOW + 30_000);
      expect(step).toEqual({ do: 'wait', until: record.failed!.retryAt });
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
    expect(record.pushed).toBe('old');
    expect(nextStep(record, 'another', record.failed!.retryAt)).toEqual({ do: 'push' });
  });

  it('waits at least as long as the gateway asks', () => {
    const record = recordAfter({}, 'a', { ...gatewayTrouble, retryAfter: 900 }, true, NOW);
    expect(record.failed?.retryAt).toBe(NOW + 15 * MINUTE);
  });

  it('does not offer a refused session again by the clock, but a new one at once', () => {
    const record = recordAfter({}, 'a', sessionRefused, true, NOW);
    expect(nextStep(record, 'a', NOW + 10_000)).toEqual({ do: 'wait', until: undefined });
    expect(nextStep(record, 'b', NOW + 10_000)).toEqual({ do: 'push' });
  });

  it('forgets failures after a success', () => {
    const failed = recordAfter({}, 'a', gatewayTrouble, true, NOW);
    const record = recordAfter(failed, 'a', { ok: true, words: 'fine' }, true, NOW);
    expect(record).toEqual({ pushed: 'a', last: { ok: true, words: 'fine', at: NOW, auto: true } });
  });

  it.each([
    ['_strava4_session', '.strava.com', false, true],
    ['_strava4_session', 'www.strava.com', false, true],
    ['_strava4_session', '.strava.com', true, false],
    ['_strava4_session', '.notstrava.com', false, false],
    ['CloudFront-Policy', '.strava.com', false, false],
  ])('looks at %s of %s, removed: %s', (name, domain, removed, looked) => {
    expect(setsSession({ removed, cookie: { name, domain } })).toBe(looked);
  });
});
