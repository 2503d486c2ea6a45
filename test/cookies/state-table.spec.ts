/** Plays every line of the table of states in docs/cookies.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/common/secret.js';
import {
  CookieFileError,
  CookieKeeper,
  type CookieStore,
  type RefreshOutcome,
  type StoredCookies,
} from '../../src/cookie-store/index.js';
import { signedCookiesOf } from '../../src/strava-cookies/signed-cookies.js';
import { Metrics } from '../../src/metrics/index.js';
import { ManualClock } from '../support/manual-clock.js';

const HOUR = 3_600_000;
const NOTHING: StoredCookies = { session: undefined, signed: undefined };

class FakeStore implements CookieStore {
  readonly place = 'here';
  broken = false;
  changed: () => void = () => undefined;

  constructor(public content: StoredCookies) {}

  async load(): Promise<StoredCookies> {
    if (this.broken) throw new CookieFileError('it is broken');
    return this.content;
  }

  async save(cookies: StoredCookies): Promise<void> {
    this.content = cookies;
  }

  watch(changed: () => void): () => void {
    this.changed = changed;
    return () => undefined;
  }
}

let serial = 0;

function signed(clock: ManualClock, hours: number) {
  const values = {
    'CloudFront-Key-Pair-Id': `pair${++serial}`,
    'CloudFront-Policy': 'policy',
    'CloudFront-Signature': 'signature',
    _strava_idcf: 'token',
    '_strava_CloudFront-Expires': String(clock.now() + hours * HOUR),
  };
  return signedCookiesOf(new Map(Object.entries(values)), clock.now())!;
}

const ANSWERS: Record<string, (clock: ManualClock) => RefreshOutcome> = {
  cookies: (clock) => ({ kind: 'success', signed: signed(clock, 24), session: undefined }),
  'cookies in the past': (clock) => ({ kind: 'success', signed: signed(clock, -5), session: undefined }),
  'redirect to login': () => ({ kind: 'session_rejected', detail: 'Strava asks to log in' }),
  '200 without cookies': () => ({ kind: 'session_rejected', detail: 'no cookies' }),
  '500': () => ({ kind: 'upstream_error', detail: 'status 500' }),
  '429 with 120 s': () => ({ kind: 'upstream_error', detail: 'status 429', retryAfterSeconds: 120 }),
  'nothing in time': () => ({ kind: 'upstream_error', detail: 'no answer in time' }),
};

class Play {
  readonly clock = new ManualClock();
  readonly store = new FakeStore(NOTHING);
  readonly metrics = new Metrics('test');
  answer = '-';
  asked = 0;
  readonly keeper = new CookieKeeper({
    store: this.store,
    webSession: {
      refresh: async () => {
        this.asked++;
        if (!ANSWERS[this.answer]) throw new Error(`a refresh was sent, but the table says "${this.answer}"`);
        return ANSWERS[this.answer]!(this.clock);
      },
    },
    clock: this.clock,
    metrics: this.metrics,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    tilesUrl: 'https://tiles.example',
    refreshBeforeMs: 4 * HOUR,
    timeoutMs: 1000,
    random: () => 1,
  });

  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }

  async start(content: StoredCookies, answer: string): Promise<void> {
    this.store.content = content;
    this.answer = answer;
    await this.keeper.start();
    await this.settle();
  }

  /** Counts of refreshes so far by reason and result. */
  async refreshes(): Promise<Record<string, number>> {
    const metric = await this.metrics.registry.getSingleMetric('heatmap_cookie_refreshes_total')!.get();
    return Object.fromEntries(
      metric.values.map(({ labels, value }) => [`${labels.reason} ${labels.result}`, value]),
    );
  }
}

const session = () => new Secret(`session${++serial}`);

const GIVEN: Record<string, (play: Play) => StoredCookies> = {
  nothing: () => NOTHING,
  'a session': () => ({ session: session(), signed: undefined }),
  'expired cookies, a session': ({ clock }) => ({ session: session(), signed: signed(clock, -1) }),
  'expired cookies alone': ({ clock }) => ({ session: undefined, signed: signed(clock, -1) }),
  'valid cookies, a session': ({ clock }) => ({ session: session(), signed: signed(clock, 20) }),
  'expiring cookies, a session': ({ clock }) => ({ session: session(), signed: signed(clock, 5) }),
  'valid cookies alone': ({ clock }) => ({ session: undefined, signed: signed(clock, 20) }),
  'rejected session': () => ({ session: session(), signed: undefined }),
  'upstream trouble': () => ({ session: session(), signed: undefined }),
};

/** What Strava answers at the start, where that makes the given state. */
const BEFORE: Record<string, string> = { 'rejected session': 'redirect to login', 'upstream trouble': '500' };

const EVENTS: Record<string, (play: Play) => Promise<void>> = {
  async start() {},
  async '4 h before expiry'(play) {
    await play.clock.advance(play.clock.next! - play.clock.now(), () => play.settle());
  },
  async 'back-off over'(play) {
    await play.clock.advance(play.clock.next! - play.clock.now(), () => play.settle());
  },
  async expiry(play) {
    await play.clock.advance(21 * HOUR, () => play.settle());
  },
  async 'tile refused'({ keeper }) {
    const { generation } = keeper.current() ?? { generation: 0 };
    await Promise.all([
      keeper.renew(generation),
      keeper.renew(generation),
      keeper.renew(generation),
      keeper.obtain(),
    ]);
  },
  async 'fresh ones refused too'({ keeper }) {
    const renewed = await keeper.renew(keeper.current()!.generation);
    keeper.reportUselessRefresh(renewed!.generation);
  },
  async 'new file'(play) {
    play.store.content = { session: session(), signed: undefined };
    play.store.changed();
    await play.settle();
  },
  async 'broken file'(play) {
    play.store.broken = true;
    play.store.changed();
    await play.settle();
  },
  async 'file removed'(play) {
    play.store.content = NOTHING;
    play.store.changed();
    await play.settle();
  },
  async 'own write'(play) {
    play.store.changed();
    await play.settle();
  },
  async push({ keeper }) {
    await keeper.replace('_strava4_session=pushed');
  },
  async '/health'(play) {
    // A refresh that is due at a start is not what this line is about.
    play.keeper.refreshIfExpiring(6 * HOUR);
    await play.settle();
  },
};

const table = readFileSync(new URL('../../docs/cookies.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
const head = table.findIndex(([first, second]) => first === 'Given' && second === 'Event');
const rows = table.slice(head + 2) as [string, string, string, string, string, string, string][];

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+) (s|min)$/.exec(text) ?? [];
  return text === '-' ? 0 : Number(number) * (unit === 's' ? 1000 : 60_000);
}

describe('the table of states', () => {
  it('has lines for every state', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(new Set(rows.map(([, , , state]) => state))).toEqual(
      new Set(['valid', 'anonymous', 'session_rejected', 'upstream_error']),
    );
  });

  it.each(rows)(
    'given %s, on %s with %s from Strava, leads to %s',
    async (given, event, answer, state, refresh, cookies, again) => {
      const play = new Play();
      const before = BEFORE[given];
      await play.start(GIVEN[given]!(play), before ?? (event === 'start' ? answer : '-'));
      const earlier = event === 'start' ? {} : await play.refreshes();
      play.answer = answer;
      await EVENTS[event]!(play);
      await play.settle();

      const status = play.keeper.status();
      expect(status.state).toBe(state);
      expect(status.action === undefined).toBe(state === 'valid');
      expect(status.reason === undefined).toBe(state === 'valid');
      const counts = Object.entries(await play.refreshes()).filter(
        ([name, count]) => count > (earlier[name] ?? 0),
      );
      expect(counts.map(([name]) => name)).toEqual(refresh === '-' ? [] : [refresh]);
      expect(counts.every(([name, count]) => count === (earlier[name] ?? 0) + 1)).toBe(true);
      expect(play.keeper.current() !== undefined).toBe(cookies === 'yes');
      expect((status.retryAfterSeconds ?? 0) * 1000).toBe(milliseconds(again));
      expect(
        (await play.metrics.registry.getSingleMetric('heatmap_session_valid')!.get()).values[0]!.value,
      ).toBe(state === 'session_rejected' || state === 'anonymous' || given.endsWith('alone') ? 0 : 1);
      await play.keeper.stop();
    },
  );
});
