/**
 * Owner of the cookies: loads them, refreshes them before they expire and when the tile host refuses them, and saves
 * them. What an event makes of the cookies is in cookie-state.ts; here are timers, the store, the single refresh at a
 * time, log and metrics.
 */
import { timesOf } from '../../common/clock.js';
import { fileProblem } from '../../common/files/read-text.js';
import type { Secret } from '../../common/secret.js';
import type { Metrics } from '../../metrics/index.js';
import { chooseCookies, parseCookies, sessionsOf, type RefreshReason } from '../../strava-cookies/index.js';
import type { CookieStore, LoadedCookies } from '../stores/cookie-store.js';
import { CookieWriter } from '../stores/cookie-writer.js';
import * as cookies from './cookie-state.js';
import { statusOf, type CookieStatus } from './cookie-status.js';
import { wasAccepted, type VersionedCookies } from './issued-cookies.js';
import type { Moment } from './refresh-backoff.js';
import { RefreshSchedule } from './refresh-schedule.js';
import { refreshWithFirstAccepted, type RefreshRequestOptions } from './refresh-signed-cookies.js';
import type { SessionRenewal } from './session-renewal.js';
import { refreshResultOf, type FailedRefresh, type RefreshOutcome } from './web-session.js';

export interface CookieKeeperOptions extends RefreshRequestOptions {
  readonly store: CookieStore;
  readonly metrics: Metrics;
  /** URL of the tile host: of several sets of signed cookies, one for this host is chosen. */
  readonly tilesUrl: string;
  /** Logs in again when the session is rejected; absent if automatic login is off. */
  readonly renewal?: SessionRenewal | undefined;
  /** How long before expiry the cookies are refreshed. */
  readonly refreshBeforeMs: number;
  readonly random?: () => number;
}

export class CookieKeeper {
  private state: cookies.CookieState = cookies.NO_COOKIES;
  private flight: Promise<void> | undefined;
  private unwatch: () => void = () => undefined;
  /** Whether a refresh or a tile has shown that the cookies in use work. */
  private isProved = false;
  private isImplausibleExpiryLogged = false;
  private readonly schedule: RefreshSchedule;
  private readonly writer: CookieWriter;

  constructor(private readonly options: CookieKeeperOptions) {
    const { clock, refreshBeforeMs, random = Math.random } = options;
    this.schedule = new RefreshSchedule({
      clock,
      refreshBeforeMs,
      random,
      nextAttemptAt: () => this.state.backoff.nextAttemptAt,
      refresh: () => void this.refresh('scheduled'),
    });
    options.metrics.watchRefreshPause(() => this.pauseMs / 1000);
    this.writer = new CookieWriter(options.store, options.log);
  }

  /** Loads the stored cookies and watches them; a refresh that is needed runs in the background. Never rejects. */
  async start(): Promise<void> {
    const { store, log } = this.options;
    try {
      this.load(await store.load());
    } catch (error) {
      const problem = fileProblem(error);
      this.state = cookies.unreadable(this.state, problem);
      log.error({ place: store.place, problem }, 'the cookies cannot be read; starting without cookies');
    }
    this.unwatch = store.watch(() => void this.reload());
    if (this.needsRefresh()) void this.refresh('startup');
    this.publish();
    const { state, reason, action } = this.status();
    if (state === 'valid') log.info({ place: store.place }, UNPROVED);
    else log.info({ state, reason, action, place: store.place }, 'cookies loaded');
  }

  /** Stops the timers and waits until refreshed cookies are saved. */
  async stop(): Promise<void> {
    this.unwatch();
    this.schedule.cancel();
    await this.flight;
    this.schedule.cancel();
    await this.writer.settled();
  }

  /** Resolves when the cookies refreshed so far are in the store, or cannot be written there. */
  async saved(): Promise<void> {
    await this.writer.settled();
  }

  /** The cookies to send with a tile request. */
  current(): VersionedCookies | undefined {
    return cookies.currentCookies(this.state, this.now());
  }

  /** As {@link current}; without cookies, waits for the refresh in progress, or for one that may start now. */
  async obtain(): Promise<VersionedCookies | undefined> {
    const current = this.current();
    if (current) return current;
    if (this.flight ?? this.mayRefresh()) await this.refresh('scheduled');
    return this.current();
  }

  /**
   * To be called when the tile host refuses the cookies of `generation`. Resolves with newer cookies, after a refresh
   * that all callers share, or with undefined if there are none and a refresh fails or is not allowed yet.
   */
  async renew(generation: number): Promise<VersionedCookies | undefined> {
    if (this.state.issued.newest?.generation === generation) {
      if (this.flight ?? this.mayRefresh()) await this.refresh('rejected');
      this.state = cookies.refused(this.state, generation, this.now());
    }
    const current = this.current();
    return current && current.generation > generation ? current : undefined;
  }

  /** To be called when the tile host accepts the cookies of `generation`. */
  confirm(generation: number, { afterRenewal = false } = {}): void {
    this.state = cookies.accepted(this.state, generation, afterRenewal);
    // A tile that was requested with earlier cookies says nothing about new ones.
    if (this.isProved || generation !== this.state.issued.newest?.generation) return;
    this.isProved = true;
    this.options.log.info({ expires: this.expiry() }, 'Strava accepts the cookies');
  }

  /** Whether the cookies of `generation` have opened a tile. */
  wasAccepted(generation: number): boolean {
    return wasAccepted(this.state.issued, generation);
  }

  /** To be called when the tile host refuses a tile again with the refreshed cookies of `generation`. */
  reportUselessRefresh(generation: number): void {
    const before = this.state;
    this.state = cookies.refreshUseless(before, generation, this.moment());
    if (this.state === before) return;
    this.options.log.warn(
      { seconds: Math.ceil(this.pauseMs / 1000) },
      'Strava refuses a tile although the cookies are fresh; refreshes pause',
    );
    if (this.state.problem === before.problem) return;
    this.plan();
    this.publish();
  }

  /** Starts a refresh in the background if the cookies expire within `leadMs` and no backoff prevents it. */
  refreshIfExpiring(leadMs: number): void {
    if (this.flight || !cookies.mayRefreshEarly(this.state, timesOf(this.options.clock), leadMs)) return;
    this.state = cookies.healthRefreshStarted(this.state, this.options.clock.elapsed());
    void this.refresh('health');
  }

  /**
   * Replaces the session with that of `text`, in any format of the cookie file, if a refresh with it succeeds; otherwise
   * nothing changes. Throws a `CookieFileError` if `text` cannot be parsed.
   */
  async replace(text: string): Promise<RefreshOutcome | { readonly kind: 'no_session' }> {
    const { entries } = parseCookies(text);
    const sessions = sessionsOf(chooseCookies(entries, this.options.tilesUrl, this.now()));
    return sessions.length > 0 ? this.tryToReplace(sessions) : { kind: 'no_session' };
  }

  status(): CookieStatus {
    return statusOf(this.state, timesOf(this.options.clock), this.options.renewal?.note);
  }

  /** Milliseconds until the next refresh is allowed. */
  private get pauseMs(): number {
    return Math.max(0, this.state.backoff.nextAttemptAt - this.options.clock.elapsed());
  }

  private async tryToReplace(sessions: readonly Secret[]): Promise<RefreshOutcome> {
    const { metrics, log } = this.options;
    const { outcome, session } = await this.request(sessions);
    metrics.cookieRefresh('manual', refreshResultOf(outcome));
    if (outcome.kind !== 'success') {
      const { kind: result, detail } = outcome;
      log.warn({ result, detail }, 'the new session does not work; the old session stays in use');
      return outcome;
    }
    this.state = cookies.replaced(this.state, outcome.session ?? session, outcome.signed);
    this.isProved = true;
    this.plan();
    this.save();
    this.publish();
    log.info({ expires: this.expiry() }, 'new session in use');
    return outcome;
  }

  /** Single flight: a call during a refresh shares it. Never rejects. */
  private refresh(reason: RefreshReason): Promise<void> {
    this.flight ??= this.attempt(reason).finally(() => {
      this.flight = undefined;
    });
    return this.flight;
  }

  private async attempt(reason: RefreshReason): Promise<void> {
    const { metrics, log } = this.options;
    const { session } = this.state;
    if (!session) return;
    const { outcome, session: accepted } = await this.request(sessionsOf(this.state));
    metrics.cookieRefresh(reason, refreshResultOf(outcome));
    // The session was replaced during the refresh: the result for the old one does not count.
    if (session !== this.state.session) return;
    if (outcome.kind === 'success') {
      const recovered = this.state.problem !== undefined;
      this.state = cookies.refreshed(this.state, accepted, outcome);
      this.save();
      this.isProved = true;
      log.info({ reason, expires: this.expiry(), recovered }, 'cookies refreshed');
    } else {
      this.fail(reason, outcome);
    }
    this.plan();
    this.publish();
  }

  private request(sessions: readonly Secret[]): ReturnType<typeof refreshWithFirstAccepted> {
    return refreshWithFirstAccepted(this.options, sessions, this.state.issued.newest);
  }

  private fail(reason: RefreshReason, failure: FailedRefresh): void {
    this.state = cookies.refreshFailed(this.state, failure, this.moment());
    const retry = new Date(this.now() + this.pauseMs).toISOString();
    const { state, action } = this.status();
    this.options.log.warn({ reason, state, detail: failure.detail, retry, action }, 'cookie refresh failed');
    if (failure.kind === 'session_rejected') this.logInAgain();
  }

  /** Automatic login, in the background: no request waits for it. */
  private logInAgain(): void {
    const { session } = this.state;
    void this.options.renewal?.renew({
      isNeeded: () => this.state.session === session,
      tryToReplace: (renewed) => this.tryToReplace([renewed]),
    });
  }

  /** Loads what was put into the store by another writer. Unreadable content changes nothing. */
  private async reload(): Promise<void> {
    const { store, log } = this.options;
    const { place } = store;
    let stored: LoadedCookies;
    try {
      await this.writer.settled();
      stored = await store.load();
    } catch (error) {
      const problem = fileProblem(error);
      this.state = cookies.unreadable(this.state, problem);
      log.warn({ place, problem }, 'the changed cookies cannot be read; the previous ones stay in use');
      return;
    }
    const foundNew = this.load(stored);
    if (!stored.session && !stored.signed)
      log.warn(
        { place, problem: stored.unusable },
        'the store contains no usable cookies; the previous ones stay in use',
      );
    if (!foundNew) return;
    log.info({ place }, 'new cookies loaded');
    if (!stored.signed || (this.needsRefresh() && !stored.shared)) void this.refresh('manual');
    this.publish();
  }

  /** Returns whether `stored` contains new cookies. */
  private load(stored: LoadedCookies): boolean {
    const foundNew = cookies.isNew(stored, this.state);
    this.state = cookies.loaded(this.state, stored);
    if (foundNew) {
      this.isProved = false;
      this.plan();
    }
    return foundNew;
  }

  private plan(): void {
    if (!this.state.session) return this.schedule.cancel();
    // After a failure the next refresh follows the backoff, whatever the remaining lifetime of the cookies.
    this.schedule.plan(this.state.problem ? undefined : this.current()?.expiresAt);
  }

  private save(): void {
    const { session, otherSessions, issued } = this.state;
    this.writer.write({ session, otherSessions, signed: issued.newest });
  }

  private publish(): void {
    const { cookiesExpiry, sessionValid } = this.options.metrics;
    const { newest } = this.state.issued;
    cookiesExpiry.set(Math.round((newest?.expiresAt ?? 0) / 1000));
    if (newest?.isExpiryImplausible && !this.isImplausibleExpiryLogged) {
      this.isImplausibleExpiryLogged = true;
      this.options.log.warn({ expires: this.expiry() }, IMPLAUSIBLE_EXPIRY);
    }
    sessionValid.set(cookies.isSessionValid(this.state) ? 1 : 0);
  }

  private mayRefresh(): boolean {
    return cookies.mayRefresh(this.state, this.options.clock.elapsed());
  }

  private needsRefresh(): boolean {
    return cookies.needsRefresh(this.state, this.now(), this.options.refreshBeforeMs);
  }

  private expiry(): string {
    return new Date(this.state.issued.newest!.expiresAt).toISOString();
  }

  private now(): number {
    return this.options.clock.now();
  }

  private moment(): Moment {
    return { elapsed: this.options.clock.elapsed(), random: this.options.random ?? Math.random };
  }
}

const IMPLAUSIBLE_EXPIRY =
  "an expiry in the signed cookies is more than 30 days ahead; using another one: check this machine's clock";
const UNPROVED = 'cookies loaded; the first refresh or tile shows whether Strava accepts them';
