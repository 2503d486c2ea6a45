/** What the table in docs/cookie-states.md leaves out: times, races and the stop. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../src/common/secret.js';
import {
  CookieKeeper,
  type CookieStore,
  type RefreshOutcome,
  type StoredCookies,
} from '../../../../src/cookie-store/index.js';
import { signedCookiesOf } from '../../../../src/strava-cookies/signed-cookies.js';
import { Metrics } from '../../../../src/metrics/index.js';
import { ManualClock } from '../../../support/doubles/manual-clock.js';
import { MemoryLog } from '../../../support/doubles/memory-log.js';
import { signedSet, TILES_URL } from '../../../support/signed-cookies.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

class FakeStore implements CookieStore {
  readonly place = 'the place of the cookies';
  stored: StoredCookies | Error = { session: undefined, signed: undefined };
  readonly saved: StoredCookies[] = [];
  watched = false;
  private changed = () => undefined as void;

  async load(): Promise<StoredCookies> {
    if (this.stored instanceof Error) throw this.stored;
    return this.stored;
  }

  async save(cookies: StoredCookies): Promise<void> {
    this.saved.push(cookies);
  }

  watch(changed: () => void): () => void {
    this.changed = changed;
    this.watched = true;
    return () => (this.watched = false);
  }

  /** Another process writes other cookies. */
  async put(stored: StoredCookies): Promise<void> {
    this.stored = stored;
    this.changed();
    await settle();
  }
}

let clock: ManualClock;
let log: MemoryLog;
let store: FakeStore;
let random: number;
let issued: number;
/** What the web host says next. */
let answer: () => RefreshOutcome | Promise<RefreshOutcome>;
let sessionsAsked: string[];
let keeper: CookieKeeper;

const pass = (ms: number) => clock.advance(ms, settle);
const session = (value = 'canary-session') => new Secret(value);
const signed = (lifetimeMs: number) => {
  const cookies = new Map(Object.entries(signedSet(`canary-${++issued}`, clock.now() + lifetimeMs)));
  return signedCookiesOf(cookies, clock.now())!;
};
const success = (lifetimeMs = 24 * HOUR): RefreshOutcome => ({
  kind: 'success',
  signed: signed(lifetimeMs),
  session: undefined,
});
const rejected: RefreshOutcome = { kind: 'session_rejected', detail: 'Strava asks to log in' };
const trouble: RefreshOutcome = { kind: 'upstream_error', detail: 'the web host answered 500' };

beforeEach(() => {
  clock = new ManualClock();
  log = new MemoryLog();
  store = new FakeStore();
  random = 1;
  issued = 0;
  answer = () => success();
  sessionsAsked = [];
  keeper = new CookieKeeper({
    store,
    webSession: {
      async refresh(presented) {
        sessionsAsked.push(presented.reveal());
        return answer();
      },
    },
    clock,
    metrics: new Metrics('test'),
    log,
    tilesUrl: TILES_URL,
    refreshBeforeMs: 4 * HOUR,
    timeoutMs: 1000,
    random: () => random,
  });
});

async function start(stored: Partial<StoredCookies> | Error): Promise<void> {
  store.stored = stored instanceof Error ? stored : { session: undefined, signed: undefined, ...stored };
  await keeper.start();
  await settle();
}
/** The next refresh stays without an answer until the function is called. */
function holdAnswer(): (answer: RefreshOutcome) => void {
  let finish: (answer: RefreshOutcome) => void = () => undefined;
  const held = new Promise<RefreshOutcome>((resolve) => (finish = resolve));
  answer = () => held;
  return finish;
}
const asked = () => sessionsAsked.length;
const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

describe('signed cookies', () => {
  it('are refreshed four hours before they expire, and neither sooner nor at the start', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    await pass(20 * HOUR - 1);
    expect(asked()).toBe(0);
    await pass(1);
    expect(asked()).toBe(1);
    expect(keeper.status()).toMatchObject({ state: 'valid', expiresAt: clock.now() + 24 * HOUR });
  });

  it('are refreshed up to a tenth sooner by some replicas than by others', async () => {
    random = 0;
    await start({ session: session(), signed: signed(24 * HOUR) });
    await pass(18 * HOUR - 1);
    expect(asked()).toBe(0);
    await pass(1);
    expect(asked()).toBe(1);
  });

  it('that live shorter than that are refreshed at half their life, not all the time', async () => {
    answer = () => success(HOUR);
    await start({ session: session() });
    await pass(30 * MINUTE - 1);
    expect(asked()).toBe(1);
    await pass(1);
    expect(asked()).toBe(2);
  });

  it('that come expired mean that the clock is wrong: they are used for an hour, and a person is told', async () => {
    answer = () => success(-24 * HOUR);
    await start({ session: session() });
    expect(keeper.current()?.expiresAt).toBe(clock.now() + HOUR);
    expect(warnings()).toEqual([expect.stringContaining("set this machine's clock")]);
  });

  it('that expire in the year 5138 are refreshed like others, and the log says so once', async () => {
    const far = () => {
      const cookies = { ...signedSet(`canary-${++issued}`, clock.now() + 24 * HOUR) };
      const withExpiry = { ...cookies, '_strava_CloudFront-Expires': '99999999999999' };
      return signedCookiesOf(new Map(Object.entries(withExpiry)), clock.now())!;
    };
    store.stored = { session: session(), signed: far() };
    answer = () => ({ kind: 'success', signed: far(), session: undefined });
    await keeper.start();
    await pass(20 * HOUR);
    expect(sessionsAsked).toHaveLength(1);
    expect(log.lines.filter(({ message }) => message.includes('30 days ahead'))).toHaveLength(1);
  });

  it('are saved with the session, and an exchanged one is the one to ask with from then on', async () => {
    answer = () => ({ ...success(), session: session('exchanged') }) as RefreshOutcome;
    await start({ session: session() });
    answer = () => success();
    await pass(20 * HOUR);
    expect(sessionsAsked).toEqual(['canary-session', 'exchanged']);
    expect(store.saved.map((saved) => saved.session?.reveal())).toEqual(['exchanged', 'exchanged']);
    expect(store.saved[1]!.signed?.header.reveal()).toBe(keeper.current()!.header.reveal());
  });

  it('that were refused are not refreshed again by a request with the older ones', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    await keeper.renew(1);
    expect((await keeper.renew(1))?.generation).toBe(2);
    expect(asked()).toBe(1);
  });

  it('that are fresh and refused stay in use when they have opened other tiles', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    const renewed = (await keeper.renew(1))!;
    keeper.confirm(renewed.generation);
    keeper.reportUselessRefresh(renewed.generation);
    expect(keeper.current()?.generation).toBe(renewed.generation);
  });

  it('are said to be accepted once, and not because of a tile that was requested with earlier ones', async () => {
    const accepted = () => log.lines.filter(({ message }) => message === 'Strava accepts the cookies').length;
    await start({ session: session(), signed: signed(24 * HOUR) });
    const earlier = keeper.current()!.generation;
    await store.put({ session: session(), signed: signed(25 * HOUR) });
    keeper.confirm(earlier);
    expect(accepted()).toBe(0);
    for (let i = 0; i < 2; i++) keeper.confirm(keeper.current()!.generation);
    expect(accepted()).toBe(1);
  });

  it('that are fresh and refused are one failure, however many tiles find that out', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    const renewed = (await keeper.renew(1))!;
    for (let tile = 0; tile < 16; tile++) keeper.reportUselessRefresh(renewed.generation);
    expect(keeper.current()).toBeUndefined();
    expect(keeper.status().retryAfterSeconds).toBe(2);
  });

  it('that cannot be read at the start are reported with their place', async () => {
    await start(new Error('the file is broken'));
    expect(log.lines[0]).toMatchObject({
      level: 'error',
      fields: { place: store.place, problem: 'the file is broken' },
    });
  });
});

describe('of several sessions in the store', () => {
  const dead = new Set<string>();
  const sessions = (...values: string[]): StoredCookies => {
    const [session, ...otherSessions] = values.map((value) => new Secret(value));
    return { session, otherSessions, signed: undefined };
  };

  beforeEach(() => {
    dead.clear();
    answer = () =>
      dead.has(sessionsAsked.at(-1)!)
        ? { kind: 'session_rejected', detail: 'Strava asks to log in' }
        : { kind: 'success', signed: signed(24), session: undefined };
  });

  async function start(...values: string[]): Promise<void> {
    store.stored = sessions(...values);
    await keeper.start();
    await settle();
  }

  it('the next one is tried when one is rejected, and the one that works stays in use', async () => {
    dead.add('first').add('second');
    await start('first', 'second', 'third');
    expect(sessionsAsked).toEqual(['first', 'second', 'third']);
    expect(keeper.status().state).toBe('valid');
    expect(store.saved.at(-1)?.session?.reveal()).toBe('third');
    await keeper.renew(keeper.current()!.generation);
    expect(sessionsAsked).toEqual(['first', 'second', 'third', 'third']);
  });

  it('none is lost when the first works', async () => {
    await start('first', 'second');
    expect(store.saved.at(-1)?.otherSessions?.map((each) => each.reveal())).toEqual(['second']);
    dead.add('first');
    await keeper.renew(keeper.current()!.generation);
    expect([keeper.status().state, sessionsAsked.at(-1)]).toEqual(['valid', 'second']);
  });

  it('all have to be rejected before the state says so', async () => {
    dead.add('first').add('second');
    await start('first', 'second');
    expect(keeper.status().state).toBe('session_rejected');
    await store.put(sessions('first', 'second', 'new'));
    expect([keeper.status().state, sessionsAsked.at(-1)]).toEqual(['valid', 'new']);
  });

  it('an upstream error ends the attempt: the next session is not to blame', async () => {
    answer = () => ({ kind: 'upstream_error', detail: 'status 500' });
    await start('first', 'second');
    expect([sessionsAsked, keeper.status().state]).toEqual([['first'], 'upstream_error']);
  });

  it('a store that cannot be written and reports a change causes no further refresh', async () => {
    dead.add('first');
    await start('first', 'second');
    await store.put(sessions('first', 'second'));
    expect(sessionsAsked).toEqual(['first', 'second']);
  });

  it('a push tries all of its sessions', async () => {
    await start('old');
    dead.add('first');
    const pushed = await keeper.replace('_strava4_session=first; _strava4_session=second');
    expect([pushed.kind, sessionsAsked]).toEqual(['success', ['old', 'first', 'second']]);
    expect(store.saved.at(-1)?.session?.reveal()).toBe('second');
  });
});

describe('a refresh', () => {
  it('that throws is trouble like any other', async () => {
    answer = () => {
      throw new Error('unforeseen');
    };
    await start({ session: session() });
    expect(keeper.status().state).toBe('upstream_error');
  });

  it('that fails in good time is tried again after seconds, as the log says, not after hours', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    answer = () => trouble;
    await pass(20 * HOUR);
    const retry = Date.parse(log.lines.at(-1)!.fields.retry as string);
    expect([asked(), retry - clock.now()]).toEqual([1, 2 * SECOND]);
    expect(clock.next).toBe(retry);
  });

  it('whose answer is about a session that was replaced meanwhile does not count', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    const finish = holdAnswer();
    const waiting = keeper.renew(1);
    await settle();
    await store.put({ session: session('new'), signed: signed(24 * HOUR) });
    finish(rejected);
    await waiting;
    expect(keeper.status().state).toBe('valid');
    expect(keeper.current()?.generation).toBe(2);
  });

  it('under way is waited for at the end, which leaves no timer and no watch', async () => {
    await start({ session: session(), signed: signed(24 * HOUR) });
    const finish = holdAnswer();
    void keeper.renew(1);
    await settle();
    const stopped = keeper.stop();
    finish(success());
    await stopped;
    expect(store.saved).toHaveLength(1);
    expect([clock.next, store.watched]).toEqual([undefined, false]);
  });

  it('puts no cookie into the log, whatever comes of it', async () => {
    await start({ session: session(), signed: signed(HOUR) });
    for (const next of [rejected, trouble, success(-HOUR), success()]) {
      answer = () => next;
      await pass(24 * HOUR);
    }
    await store.put({ session: session('canary-new'), signed: undefined });
    expect(log.lines.length).toBeGreaterThan(5);
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });
});
