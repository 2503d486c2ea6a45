/** Automatic login after a rejected session: one attempt, then a pause of hours. */
import { backoff } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import type { LoginStrategy } from '../../strava-login/index.js';
import type { RefreshOutcome } from './web-session.js';

const HOUR = 3_600_000;
/** Strava blocks frequent logins: the pause after a failed attempt is 6 h, then 12 and 24, at most 48. */
const PAUSE = { base: 6 * HOUR, max: 48 * HOUR };
const TIMEOUT_MS = 120_000;

export interface SessionRenewalOptions {
  readonly login: LoginStrategy;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

export interface RejectedSession {
  /** Whether the rejected session is still in use: it may have been replaced during the login. */
  readonly isNeeded: () => boolean;
  /** Puts `session` in use if a refresh with it succeeds. */
  readonly tryToReplace: (session: Secret) => Promise<RefreshOutcome>;
}

export class SessionRenewal {
  /** State of the login for `/health`: in progress, or why it failed; undefined if there is nothing to report. */
  note: string | undefined;
  private running = false;
  private failures = 0;
  /** On the monotonic clock. */
  private nextAttemptAt = 0;

  constructor(private readonly options: SessionRenewalOptions) {}

  /** Replaces the rejected session, unless a login is in progress or not allowed yet. Never rejects. */
  async renew({ isNeeded, tryToReplace }: RejectedSession): Promise<void> {
    const session = await this.logIn();
    if (!session || !isNeeded()) return;
    const outcome = await tryToReplace(session);
    if (outcome.kind === 'success') this.succeeded();
    else this.failed(`the new session does not work: ${outcome.detail}`);
  }

  private async logIn(): Promise<Secret | undefined> {
    const { login, clock, log } = this.options;
    if (this.running || clock.elapsed() < this.nextAttemptAt) return undefined;
    this.running = true;
    this.note = 'logging in again';
    log.info({}, 'the session was rejected; logging in again');
    try {
      const answer = await login.login(AbortSignal.timeout(TIMEOUT_MS));
      if (answer.kind === 'success') {
        this.note = undefined;
        return answer.session;
      }
      this.failed(`${answer.kind}: ${answer.detail}`);
    } catch (error) {
      this.failed((error as Error).name);
    } finally {
      this.running = false;
    }
    return undefined;
  }

  /** The new session works: the next rejection may log in at once. */
  private succeeded(): void {
    this.failures = 0;
    this.nextAttemptAt = 0;
    this.note = undefined;
  }

  private failed(why: string): void {
    const { clock, log, random = Math.random } = this.options;
    this.failures++;
    const pauseMs = backoff(this.failures, PAUSE.base, PAUSE.max, random);
    this.nextAttemptAt = clock.elapsed() + pauseMs;
    this.note = `logging in again failed (${why})`;
    log.warn({ why, retry: new Date(clock.now() + pauseMs).toISOString() }, 'logging in again failed');
  }
}
