/**
 * The life cycle of the signed cookies: loads them, refreshes them before they expire and when the tile host refuses
 * them, and knows why when it cannot. One refresh at a time, whoever asks for it.
 */
import type { Secret } from '../../common/secret.js';
import type { Metrics } from '../../metrics/index.js';
import { refreshSignedCookies, type RefreshRequestOptions } from './refresh-signed-cookies.js';
import {
  chooseCookies,
  parseCookies,
  type RefreshReason,
  type SignedCookies,
} from '../../strava-cookies/index.js';
import { actionFor, type CookieState, type CookieStatus } from './cookie-status.js';
import type { CookieStore, LoadedCookies } from '../stores/cookie-store.js';
import { CookieWriter } from '../stores/cookie-writer.js';
import { IssuedCookies, type VersionedCookies } from './issued-cookies.js';
import { errorSummary } from '../../common/error-summary.js';
import { RefreshBackoff } from './refresh-backoff.js';
import { RefreshSchedule } from './refresh-schedule.js';
import type { SessionRenewal } from './session-renewal.js';
import type { RefreshOutcome } from './web-session.js';

const SECOND = 1000;

interface Problem {
  readonly kind: 'session_rejected' | 'upstream_error';
  readonly detail: string;
}

export interface CookieKeeperOptions extends RefreshRequestOptions {
  readonly store: CookieStore;
  readonly metrics: Metrics;
  /** Address of the tile host: of several sets of cookies, those for it are taken. */
  readonly tilesUrl: string;
  /** Logs in again when the session is rejected; absent when a person does that. */
  readonly renewal?: SessionRenewal | undefined;
  /** How long before expiry the cookies are refreshed. */
  readonly refreshBeforeMs: number;
  readonly random?: () => number;
}

export class CookieKeeper {
  private session: Secret | undefined;
  private problem: Problem | undefined;
  /** Why there are no cookies although their place may hold some. */
  private unreadable: string | undefined;
  /** When a look at the health last started a refresh, in milliseconds since the epoch. */
  private healthRefreshAt = Number.NEGATIVE_INFINITY;
  private flight: Promise<void> | undefined;
  private unwatch: () => void = () => undefined;
  private readonly signed: IssuedCookies;
  private readonly pace: RefreshBackoff;
  private readonly timer: RefreshSchedule;
  private readonly writer: CookieWriter;

  constructor(private readonly options: CookieKeeperOptions) {
    const { clock, refreshBeforeMs, random = Math.random } = options;
    this.signed = new IssuedCookies(clock);
    this.pace = new RefreshBackoff(clock, random);
    const refresh = () => void this.refresh('scheduled');
    this.timer = new RefreshSchedule({ clock, pace: this.pace, refreshBeforeMs, random, refresh });
    this.writer = new CookieWriter(options.store, options.log);
  }

  /** Loads the stored cookies and begins to watch them; a refresh that is due goes on in the background. Never rejects. */
  async start(): Promise<void> {
    const { store, log } = this.options;
    try {
      this.adopt(await store.load());
    } catch (error) {
      this.unreadable = errorSummary(error);
      log.error(
        { place: store.place, problem: this.unreadable },
        'the cookies cannot be read; going on without',
      );
    }
    this.unwatch = store.watch(() => void this.reload());
    if (this.refreshIsDue()) void this.refresh('startup');
    this.publish();
    const { state, reason, action } = this.status();
    log.info({ state, reason, action, place: store.place }, 'cookies loaded');
  }

  /** Ends timers and waits until what was refreshed is saved. */
  async stop(): Promise<void> {
    this.unwatch();
    this.timer.cancel();
    await this.flight;
    this.timer.cancel();
    await this.writer.settled();
  }

  /** Resolves when what was refreshed so far is in the store, or could not be put there. */
  async saved(): Promise<void> {
    await this.writer.settled();
  }

  /** Cookies that are worth sending now. */
  current(): VersionedCookies | undefined {
    return this.signed.current();
  }

  /** As {@link current}; when there are none, the refresh under way, or one that may begin now, is waited for. */
  async obtain(): Promise<VersionedCookies | undefined> {
    const current = this.current();
    if (current) return current;
    if (this.flight ?? this.mayRefresh()) await this.refresh('scheduled');
    return this.current();
  }

  /**
   * To be called when the tile host refused the cookies of `generation`: gives newer ones, after a refresh that all who
   * call at that time share, or undefined when there are none and none can be had now.
   */
  async renew(generation: number): Promise<VersionedCookies | undefined> {
    if (this.signed.newest?.generation === generation) {
      if (this.flight ?? this.mayRefresh()) await this.refresh('rejected');
      const incurable = this.trouble() !== undefined || !this.session;
      if (this.signed.newest.generation === generation && incurable) this.signed.withdraw(generation);
    }
    const current = this.current();
    return current && current.generation > generation ? current : undefined;
  }

  /** To be called when the tile host took the cookies of `generation`. */
  confirm(generation: number, { afterRenewal = false } = {}): void {
    this.signed.accept(generation);
    if (afterRenewal) this.pace.refreshUseful();
  }

  /** Whether a tile has been had with the cookies of `generation`. */
  wasAccepted(generation: number): boolean {
    return this.signed.wasAccepted(generation);
  }

  /**
   * To be called when a tile was refused again with renewed cookies: a refresh does not help, so the next one waits
   * longer each time, and cookies that opened no tile at all are withdrawn until then.
   */
  reportUselessRefresh(generation: number): void {
    if (!this.signed.markUseless(generation)) return;
    this.pace.refreshUseless(this.wasAccepted(generation));
    if (this.wasAccepted(generation)) return;
    this.signed.withdraw(generation);
    this.problem = { kind: 'upstream_error', detail: 'the tile host refuses cookies that were just issued' };
    this.plan();
    this.publish();
  }

  /** Starts a refresh in the background when the cookies expire within `leadMs` and nothing speaks against it. */
  refreshIfExpiring(leadMs: number): void {
    const now = this.options.clock.now();
    const remaining = (this.signed.newest?.expiresAt ?? 0) - now;
    // Cookies that live shorter than the lead are left alone for half their life, or every call would refresh them.
    const young = now - this.healthRefreshAt < remaining;
    if (remaining >= leadMs || young || this.flight || !this.mayRefresh()) return;
    this.healthRefreshAt = now;
    void this.refresh('health');
  }

  /**
   * Takes up the cookies of `text`, in any format of the cookie file, once a refresh has proved their session; otherwise
   * everything stays as it was. Throws a `CookieFileError` when `text` is not understood.
   */
  async replace(text: string): Promise<RefreshOutcome | { readonly kind: 'no_session' }> {
    const { tilesUrl, clock } = this.options;
    const { session } = chooseCookies(parseCookies(text), tilesUrl, clock.now());
    return session ? this.prove(session) : { kind: 'no_session' };
  }

  status(): CookieStatus {
    const state = this.state();
    const waitMs = this.pace.nextAttemptAt - this.options.clock.now();
    return {
      state,
      expiresAt: this.signed.newest?.expiresAt,
      reason: this.reason(state),
      action: actionFor(state),
      retryAfterSeconds: state === 'valid' || waitMs <= 0 ? undefined : Math.ceil(waitMs / SECOND),
    };
  }

  private reason(state: CookieState): string | undefined {
    if (state === 'anonymous')
      return this.unreadable === undefined
        ? 'there are no Strava cookies'
        : `the Strava cookies cannot be read: ${this.unreadable}`;
    const { note } = this.options.renewal ?? {};
    const detail = this.trouble()?.detail;
    return detail !== undefined && note !== undefined ? `${detail}; ${note}` : detail;
  }

  private state(): CookieState {
    return this.trouble()?.kind ?? (this.session || this.signed.newest ? 'valid' : 'anonymous');
  }

  private trouble(): Problem | undefined {
    return this.problem ?? (!this.session && this.signed.newest && !this.current() ? NO_SESSION : undefined);
  }

  /** Makes `session` the one in force if a refresh with it succeeds; otherwise nothing changes. */
  private async prove(session: Secret): Promise<RefreshOutcome> {
    const answer = await this.ask(session);
    this.options.metrics.cookieRefresh('manual', answer.kind);
    if (answer.kind !== 'success') {
      const fields = { result: answer.kind, detail: answer.detail };
      this.options.log.warn(fields, 'the new session does not work; the old one stays in force');
      return answer;
    }
    this.session = answer.session ?? session;
    this.forgetTrouble();
    this.issue(answer.signed);
    this.plan();
    this.save();
    this.publish();
    this.options.log.info({ expires: this.expiry() }, 'new session taken up');
    return answer;
  }

  /** In the background: no request waits for it. Never rejects. */
  private async logInAgain(): Promise<void> {
    const { renewal } = this.options;
    const rejected = this.session;
    const session = await renewal?.attempt();
    // Somebody may have brought a session meanwhile.
    if (!session || this.session !== rejected) return;
    const answer = await this.prove(session);
    if (answer.kind === 'success') renewal?.succeeded();
    else renewal?.failed(`the new session does not work: ${answer.detail}`);
  }

  private expiry(): string {
    return new Date(this.signed.newest!.expiresAt).toISOString();
  }

  private mayRefresh(): boolean {
    return this.session !== undefined && this.pace.open;
  }

  private refreshIsDue(): boolean {
    const expiresAt = this.signed.newest?.expiresAt ?? 0;
    return this.session !== undefined && expiresAt - this.options.clock.now() < this.options.refreshBeforeMs;
  }

  /** Single flight: whoever comes while a refresh is under way shares it. Never rejects. */
  private refresh(reason: RefreshReason): Promise<void> {
    this.flight ??= this.attempt(reason).finally(() => {
      this.flight = undefined;
    });
    return this.flight;
  }

  private async attempt(reason: RefreshReason): Promise<void> {
    const { metrics, log } = this.options;
    const session = this.session;
    if (!session) return;
    const answer = await this.ask(session);
    metrics.cookieRefresh(reason, answer.kind === 'success' && answer.byAnother ? 'locked' : answer.kind);
    // A new session came in while this one was being asked about: its own refresh is what counts.
    if (session !== this.session) return;
    if (answer.kind === 'success') {
      const recovered = this.problem !== undefined;
      this.issue(answer.signed);
      if (answer.session) this.session = answer.session;
      this.save();
      log.info({ reason, expires: this.expiry(), recovered }, 'cookies refreshed');
    } else {
      this.refreshFailed(reason, answer);
    }
    this.plan();
    this.publish();
  }

  private refreshFailed(reason: RefreshReason, answer: Exclude<RefreshOutcome, { kind: 'success' }>): void {
    // A session that was rejected stays so until Strava or a new session says otherwise.
    const wasRejected = this.problem?.kind === 'session_rejected';
    const kind = wasRejected ? 'session_rejected' : answer.kind;
    this.pace.failed(kind, answer.kind === 'upstream_error' ? (answer.retryAfterSeconds ?? 0) * SECOND : 0);
    if (!wasRejected || answer.kind === 'session_rejected') this.problem = { kind, detail: answer.detail };
    const retry = new Date(this.pace.nextAttemptAt).toISOString();
    const { action } = this.status();
    this.options.log.warn(
      { reason, state: kind, detail: answer.detail, retry, action },
      'cookie refresh failed',
    );
    if (answer.kind === 'session_rejected') void this.logInAgain();
  }

  private ask(session: Secret): Promise<RefreshOutcome> {
    return refreshSignedCookies(this.options, session, this.signed.newest);
  }

  private issue(signed: SignedCookies): void {
    this.signed.issue(signed);
    this.problem = undefined;
    this.pace.succeeded();
  }

  private plan(): void {
    if (!this.session) return this.timer.cancel();
    // After a failure the pause counts, however long the cookies still last.
    this.timer.plan(this.problem ? undefined : this.current()?.expiresAt);
  }

  private save(): void {
    this.writer.write({ session: this.session, signed: this.signed.newest });
  }

  /** Takes up what somebody else put into the store; what cannot be read changes nothing. */
  private async reload(): Promise<void> {
    const { store, log } = this.options;
    let stored: LoadedCookies;
    try {
      await this.writer.settled();
      stored = await store.load();
      this.unreadable = undefined;
    } catch (error) {
      this.unreadable = errorSummary(error);
      log.warn(
        { place: store.place, problem: this.unreadable },
        'the changed cookies cannot be read; the old ones stay in force',
      );
      return;
    }
    if (!stored.session && !stored.signed) {
      log.warn({ place: store.place }, 'the cookies are gone from their place; the old ones stay in force');
      return;
    }
    if (!this.adopt(stored)) return;
    log.info({ place: store.place }, 'new cookies taken up');
    if (!stored.signed || (this.refreshIsDue() && !stored.shared)) void this.refresh('manual');
    this.publish();
  }

  /** Makes `stored` the cookies in force if it brings anything new; says whether it did. */
  private adopt(stored: LoadedCookies): boolean {
    const newSession = stored.session !== undefined && stored.session.reveal() !== this.session?.reveal();
    const newSigned =
      stored.signed !== undefined && stored.signed.header.reveal() !== this.signed.newest?.header.reveal();
    if (!newSession && !(newSigned && stored.signed.expiresAt > (this.signed.newest?.expiresAt ?? 0)))
      return false;
    if (newSession) this.session = stored.session;
    // Without new ones, the signed cookies in force go on as long as they open tiles.
    if (stored.signed) this.issue(stored.signed);
    this.forgetTrouble();
    this.plan();
    return true;
  }

  private forgetTrouble(): void {
    this.problem = undefined;
    this.pace.reset();
  }

  private publish(): void {
    const { metrics } = this.options;
    metrics.cookiesExpiry.set(Math.round((this.signed.newest?.expiresAt ?? 0) / SECOND));
    metrics.sessionValid.set(this.session && this.problem?.kind !== 'session_rejected' ? 1 : 0);
  }
}

const NO_SESSION: Problem = {
  kind: 'session_rejected',
  detail: 'the signed cookies have expired or are refused, and there is no session to get new ones with',
};
