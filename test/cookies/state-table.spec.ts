/** Runs every row of the table of transitions in docs/cookie-states.md. */
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
import { ManualClock } from '../support/doubles/manual-clock.js';

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

const RESPONSES: Record<string, (clock: ManualClock) => RefreshOutcome> = {
  'signed cookies': (clock) => ({ kind: 'success', signed: signed(clock, 24), session: undefined }),
  'expired cookies': (clock) => ({ kind: 'success', signed: signed(clock, -5), session: undefined }),
  'redirect to login': () => ({ kind: 'session_rejected', detail: 'Strava asks to log in' }),
  'redirect to onboarding': () => ({ kind: 'onboarding', detail: 'finish the set-up' }),
  '200 without cookies': () => ({ kind: 'session_rejected', detail: 'no cookies' }),
  '500': () => ({ kind: 'upstream_error', detail: 'status 500' }),
  '429, retry after 120 s': () => ({ kind: 'upstream_error', detail: 'status 429', retryAfterSeconds: 120 }),
  timeout: () => ({ kind: 'upstream_error', detail: 'no answer in time' }),
};

class Scenario {
  readonly clock = new ManualClock();
  readonly store = new FakeStore(NOTHING);
  readonly metrics = new Metrics('test');
  response = '-';
  readonly keeper = new CookieKeeper({
    store: this.store,
    webSession: {
      refresh: async () => {
        if (!RESPONSES[this.response])
          throw new Error(`a refresh was sent, but the table has the response "${this.response}"`);
        return RESPONSES[this.response]!(this.clock);
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

  async start(content: StoredCookies, response: string): Promise<void> {
    this.store.content = content;
    this.response = response;
    await this.keeper.start();
    await this.settle();
  }

  /** Number of refreshes so far, by reason and result. */
  async refreshes(): Promise<Record<string, number>> {
    const metric = await this.metrics.registry.getSingleMetric('heatmap_cookie_refreshes_total')!.get();
    return Object.fromEntries(
      metric.values.map(({ labels, value }) => [`${labels.reason} ${labels.result}`, value]),
    );
  }
}

const session = () => new Secret(`session${++serial}`);

const GIVEN: Record<string, (scenario: Scenario) => StoredCookies> = {
  'no session, no cookies': () => NOTHING,
  'session, no cookies': () => ({ session: session(), signed: undefined }),
  'session, expired cookies': ({ clock }) => ({ session: session(), signed: signed(clock, -1) }),
  'no session, expired cookies': ({ clock }) => ({ session: undefined, signed: signed(clock, -1) }),
  'session, valid cookies': ({ clock }) => ({ session: session(), signed: signed(clock, 20) }),
  'session, expiring cookies': ({ clock }) => ({ session: session(), signed: signed(clock, 5) }),
  'no session, valid cookies': ({ clock }) => ({ session: undefined, signed: signed(clock, 20) }),
  'rejected session': () => ({ session: session(), signed: undefined }),
  'unfinished account': () => ({ session: session(), signed: undefined }),
  'upstream error': () => ({ session: session(), signed: undefined }),
};

/** The response at startup that leads to the given state, where there is one. */
const BEFORE: Record<string, string> = {
  'rejected session': 'redirect to login',
  'unfinished account': 'redirect to onboarding',
  'upstream error': '500',
};

const EVENTS: Record<string, (scenario: Scenario) => Promise<void>> = {
  async startup() {},
  async '4 h before expiry'(scenario) {
    await scenario.clock.advance(scenario.clock.next! - scenario.clock.now(), () => scenario.settle());
  },
  async 'backoff elapsed'(scenario) {
    await scenario.clock.advance(scenario.clock.next! - scenario.clock.now(), () => scenario.settle());
  },
  async expiry(scenario) {
    await scenario.clock.advance(21 * HOUR, () => scenario.settle());
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
  async 'fresh cookies refused'({ keeper }) {
    const renewed = await keeper.renew(keeper.current()!.generation);
    keeper.reportUselessRefresh(renewed!.generation);
  },
  async 'new file'(scenario) {
    scenario.store.content = { session: session(), signed: undefined };
    scenario.store.changed();
    await scenario.settle();
  },
  async 'unreadable file'(scenario) {
    scenario.store.broken = true;
    scenario.store.changed();
    await scenario.settle();
  },
  async 'missing file'(scenario) {
    scenario.store.content = NOTHING;
    scenario.store.changed();
    await scenario.settle();
  },
  async 'own write'(scenario) {
    scenario.store.changed();
    await scenario.settle();
  },
  async push({ keeper }) {
    await keeper.replace('_strava4_session=pushed');
  },
  async '/health'(scenario) {
    // Six hours, because cookies within COOKIE_REFRESH_BEFORE (4 h) are refreshed at startup already.
    scenario.keeper.refreshIfExpiring(6 * HOUR);
    await scenario.settle();
  },
};

/** Given, event, response, state, refresh, cookies sent, retry after. */
type Row = [string, string, string, string, string, string, string];

const page = readFileSync(new URL('../../docs/cookie-states.md', import.meta.url), 'utf8');
const [, transitions = ''] = /^\| Given .*\n.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
const rows = transitions
  .trim()
  .split('\n')
  .map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  ) as Row[];

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+) (s|min)$/.exec(text) ?? [];
  return text === '-' ? 0 : Number(number) * (unit === 's' ? 1000 : 60_000);
}

describe('the table of transitions', () => {
  it('has rows for every state', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(new Set(rows.map(([, , , state]) => state))).toEqual(
      new Set(['valid', 'anonymous', 'unreadable', 'session_rejected', 'onboarding', 'upstream_error']),
    );
  });

  it.each(rows)('%s; %s; %s: %s', async (given, event, response, state, refresh, cookiesSent, retryAfter) => {
    const scenario = new Scenario();
    const before = BEFORE[given];
    await scenario.start(GIVEN[given]!(scenario), before ?? (event === 'startup' ? response : '-'));
    const earlier = event === 'startup' ? {} : await scenario.refreshes();
    scenario.response = response;
    await EVENTS[event]!(scenario);
    await scenario.settle();

    const status = scenario.keeper.status();
    expect(status.state).toBe(state);
    expect(status.action === undefined).toBe(state === 'valid');
    expect(status.reason === undefined).toBe(state === 'valid');
    const counts = Object.entries(await scenario.refreshes()).filter(
      ([name, count]) => count > (earlier[name] ?? 0),
    );
    expect(counts.map(([name]) => name)).toEqual(refresh === '-' ? [] : [refresh]);
    expect(counts.every(([name, count]) => count === (earlier[name] ?? 0) + 1)).toBe(true);
    expect(scenario.keeper.current() !== undefined).toBe(cookiesSent === 'yes');
    expect((status.retryAfterSeconds ?? 0) * 1000).toBe(milliseconds(retryAfter));
    expect(
      (await scenario.metrics.registry.getSingleMetric('heatmap_session_valid')!.get()).values[0]!.value,
    ).toBe(given.startsWith('no session') || !['valid', 'upstream_error'].includes(state) ? 0 : 1);
    await scenario.keeper.stop();
  });
});
