/** Runs the table of transitions in docs/cookie-states.md on the pure state: no timers, no store, no keeper. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../src/common/secret.js';
import {
  accepted,
  currentCookies,
  isNew,
  isSessionValid,
  loaded,
  mayRefresh,
  mayRefreshEarly,
  needsRefresh,
  NO_COOKIES,
  refreshed,
  refreshFailed,
  refreshUseless,
  refused,
  replaced,
  stateName,
  unreadable,
  type CookieState,
} from '../../../../src/cookie-store/life-cycle/cookie-state.js';
import { reportOf, statusOf } from '../../../../src/cookie-store/life-cycle/cookie-status.js';
import type { FailedRefresh } from '../../../../src/cookie-store/life-cycle/web-session.js';
import { signedCookiesOf, type StoredCookies } from '../../../../src/strava-cookies/index.js';
import { signedSet } from '../../../support/signed-cookies.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-06-01T00:00:00Z');
const REJECTED: FailedRefresh = { kind: 'session_rejected', detail: 'Strava asks to log in' };
const ERROR: FailedRefresh = { kind: 'upstream_error', detail: 'status 500' };

let serial = 0;
const session = () => new Secret(`session-${++serial}`);
const signed = (expiresAt: number) =>
  signedCookiesOf(new Map(Object.entries(signedSet(`${++serial}`, expiresAt))), START)!;
const stored = (hours?: number): StoredCookies => ({
  session: session(),
  signed: hours === undefined ? undefined : signed(START + hours * HOUR),
});
const at = (now: number) => ({ now, elapsed: now, random: () => 1 });

/** Failures by the response of the web host; every other response but `-` is signed cookies. */
const FAILURES: Record<string, FailedRefresh> = {
  'redirect to login': REJECTED,
  'redirect to onboarding': { kind: 'onboarding', detail: 'finish the set-up' },
  '200 without cookies': { kind: 'session_rejected', detail: 'no cookies' },
  '500': ERROR,
  timeout: { kind: 'upstream_error', detail: 'no answer in time' },
  '429, retry after 120 s': { kind: 'upstream_error', detail: 'status 429', retryAfterSeconds: 120 },
};

/** A state, the time, and whether the row's response was used. */
class Row {
  now = START;
  state = NO_COOKIES;
  requested = false;

  constructor(private readonly response: string) {}

  private get issued() {
    return signed(this.now + 24 * HOUR);
  }

  refresh(response = this.response): void {
    this.requested ||= response === this.response;
    const failure = FAILURES[response];
    this.state = failure
      ? refreshFailed(this.state, failure, at(this.now))
      : refreshed(this.state, this.state.session!, { signed: this.issued, session: undefined });
  }

  refreshIf(allowed: boolean): void {
    if (allowed) this.refresh();
  }

  push(): void {
    this.requested = true;
    if (!FAILURES[this.response]) this.state = replaced(this.state, session(), this.issued);
  }

  tileRefused(): void {
    const generation = currentCookies(this.state, this.now)?.generation ?? 0;
    this.refreshIf(mayRefresh(this.state, this.now));
    this.state = refused(this.state, generation, this.now);
  }

  freshCookiesRefused(): void {
    this.tileRefused();
    this.state = refreshUseless(this.state, this.state.issued.newest!.generation, at(this.now));
  }

  load(cookies: StoredCookies): void {
    const hasNews = isNew(cookies, this.state);
    this.state = loaded(this.state, cookies);
    if (hasNews && !cookies.signed) this.refresh();
  }
}

const NOTHING: StoredCookies = { session: undefined, signed: undefined };
const GIVEN: Record<string, () => StoredCookies> = {
  'no session, no cookies': () => NOTHING,
  'session, no cookies': () => stored(),
  'session, expired cookies': () => stored(-1),
  'no session, expired cookies': () => ({ ...stored(-1), session: undefined }),
  'session, valid cookies': () => stored(20),
  'session, expiring cookies': () => stored(5),
  'no session, valid cookies': () => ({ ...stored(20), session: undefined }),
  'rejected session': () => stored(),
  'unfinished account': () => stored(),
  'upstream error': () => stored(),
};
/** The response to the refresh at startup, for a state that comes from a failure. */
const BEFORE: Record<string, string> = {
  'rejected session': 'redirect to login',
  'unfinished account': 'redirect to onboarding',
  'upstream error': '500',
};

const EVENTS: Record<string, (row: Row, given: StoredCookies) => void> = {
  startup: (row) => row.refreshIf(needsRefresh(row.state, row.now, 4 * HOUR)),
  '4 h before expiry'(row) {
    row.now += 16 * HOUR;
    row.refreshIf(mayRefresh(row.state, row.now));
  },
  'backoff elapsed'(row) {
    row.now = row.state.backoff.nextAttemptAt;
    row.refreshIf(mayRefresh(row.state, row.now));
  },
  expiry: (row) => void (row.now += 21 * HOUR),
  'tile refused': (row) => row.tileRefused(),
  'fresh cookies refused': (row) => row.freshCookiesRefused(),
  'new file': (row) => row.load(stored()),
  'unreadable file': (row) => void (row.state = unreadable(row.state, 'it is broken')),
  'missing file': (row) => row.load(NOTHING),
  'own write': (row, given) => row.load(given),
  push: (row) => row.push(),
  '/health': (row) => row.refreshIf(mayRefreshEarly(row.state, at(row.now), 6 * HOUR)),
};

const page = readFileSync(new URL('../../../../docs/cookie-states.md', import.meta.url), 'utf8');
const [, transitions = ''] = /^\| Given .*\n.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
const rows = transitions
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', ''))) as string[][];

describe('the table of transitions', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows)('%s%s; %s; %s: %s', (_border, given, event, response, name, refresh, sent, retryAfter) => {
    const row = new Row(response!);
    const cookies = GIVEN[given!]!();
    row.state = loaded(row.state, cookies);
    const before = BEFORE[given!];
    if (before !== undefined) row.refresh(before);
    row.requested = false;
    EVENTS[event!]!(row, cookies);

    const { state, reason, action, retryAfterSeconds } = statusOf(row.state, at(row.now), undefined);
    expect(state).toBe(name);
    expect([reason === undefined, action === undefined]).toEqual([name === 'valid', name === 'valid']);
    expect(row.requested).toBe(refresh !== '-');
    expect(currentCookies(row.state, row.now) !== undefined).toBe(sent === 'yes');
    const [, number, unit] = /^(\d+) (s|min)$/.exec(retryAfter!) ?? [];
    expect(retryAfterSeconds ?? 0).toBe(number === undefined ? 0 : Number(number) * (unit === 's' ? 1 : 60));
  });
});

describe('what the table leaves out', () => {
  const valid = () => loaded(NO_COOKIES, stored(20));
  const generationOf = (state: CookieState) => state.issued.newest?.generation;

  it('an event that changes nothing returns the same state', () => {
    const state = accepted(valid(), 1, false);
    const same = { session: state.session, signed: state.issued.newest };
    expect(loaded(state, same)).toBe(state);
    expect(accepted(state, 1, true)).toBe(state);
    expect(refused(state, 7, START)).toBe(state);
    expect(refreshUseless(state, 7, at(START))).toBe(state);
  });

  it('signed cookies from the store are new only if they expire later', () => {
    const state = valid();
    const withExpiry = (hours: number) => ({ session: state.session, signed: signed(START + hours * HOUR) });
    expect([19, 20, 21].map((hours) => isNew(withExpiry(hours), state))).toEqual([false, false, true]);
    expect(generationOf(loaded(state, withExpiry(21)))).toBe(2);
  });

  it('a new session without signed cookies leaves the current ones in use', () => {
    const next = stored();
    const state = loaded(valid(), next);
    expect([state.session, generationOf(state)]).toEqual([next.session, 1]);
  });

  it('new cookies end the backoff, whichever way they come', () => {
    const failed = refreshUseless(refreshFailed(valid(), REJECTED, at(START)), 1, at(START));
    expect(mayRefresh(failed, START)).toBe(false);
    expect(mayRefresh(loaded(failed, stored(30)), START)).toBe(true);
    expect(mayRefresh(replaced(failed, session(), signed(START + HOUR)), START)).toBe(true);
  });

  it('a session that Strava exchanges is the one in use', () => {
    const exchanged = session();
    const state = valid();
    const outcome = { signed: signed(START + HOUR), session: exchanged };
    expect(refreshed(state, state.session!, outcome).session).toBe(exchanged);
  });

  it('a rejected session stays rejected through upstream errors, with its own detail', () => {
    const state = refreshFailed(refreshFailed(valid(), REJECTED, at(START)), ERROR, at(START));
    expect(statusOf(state, at(START), undefined)).toMatchObject({
      state: 'session_rejected',
      reason: REJECTED.detail,
    });
    expect(isSessionValid(state)).toBe(false);
  });

  it('refused cookies are withdrawn only if no refresh can replace them', () => {
    const state = valid();
    expect(currentCookies(refused(state, 1, START), START)).toBeDefined();
    const failed = refreshFailed(state, ERROR, at(START));
    expect(currentCookies(refused(failed, 1, START), START)).toBeUndefined();
  });

  it('useless fresh cookies that open other tiles stay in use, and the next refresh waits', () => {
    const state = refreshUseless(accepted(valid(), 1, false), 1, at(START));
    expect([stateName(state, START), mayRefresh(state, START)]).toEqual(['valid', false]);
    expect(currentCookies(state, START)?.generation).toBe(1);
  });

  it('many reports of one useless refresh count once', () => {
    const once = refreshUseless(valid(), 1, at(START));
    expect(refreshUseless(once, 1, at(START))).toBe(once);
    expect(once.backoff.nextAttemptAt).toBe(START + 2000);
  });

  it('unreadable cookies are a state of their own until they are read, and no cookies are none', () => {
    const state = unreadable(NO_COOKIES, 'it is broken');
    const status = statusOf(state, at(START), undefined);
    expect(status.state).toBe('unreadable');
    expect(status.reason).toBe('the Strava cookies cannot be used: it is broken');
    expect(status.action).toContain('correct the file');
    expect(reportOf(status).status).toBe('degraded');
    expect(
      statusOf(loaded(NO_COOKIES, { ...NOTHING, unusable: 'other cookies' }), at(START), undefined).state,
    ).toBe('unreadable');
    expect(statusOf(loaded(state, NOTHING), at(START), undefined).reason).toBe('there are no Strava cookies');
  });

  it('the reason includes the state of the automatic login', () => {
    const state = refreshFailed(valid(), REJECTED, at(START));
    expect(statusOf(state, at(START), 'logging in again').reason).toBe(
      'Strava asks to log in; logging in again',
    );
  });
});
