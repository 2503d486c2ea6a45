/** Logging in again without a person, when the session was rejected: one attempt, and then hours of pause. */
import { backoff } from '../../common/backoff.js';
import type { Clock } from '../../common/clock.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import type { LoginStrategy } from '../../strava-login/index.js';

const HOUR = 3_600_000;
/** Strava's doors close on who knocks too often, so a failed attempt is followed by 6 h, then 12, 24, and 48 at most. */
const PAUSE = { base: 6 * HOUR, max: 48 * HOUR };
const TIMEOUT_MS = 120_000;

export interface SessionRenewalOptions {
  readonly login: LoginStrategy;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

export class SessionRenewal {
  /** What a person should know of it: under way, or why it failed; undefined when there is nothing to tell. */
  note: string | undefined;
  private running = false;
  private failures = 0;
  private nextAttemptAt = 0;

  constructor(private readonly options: SessionRenewalOptions) {}

  /** A new session, or undefined when the attempt failed, another is under way, or it is too early. Never rejects. */
  async attempt(): Promise<Secret | undefined> {
    const { login, clock, log } = this.options;
    if (this.running || clock.now() < this.nextAttemptAt) return undefined;
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

  /** To be called when the session that an attempt brought works: the next rejection may log in at once. */
  succeeded(): void {
    this.failures = 0;
    this.nextAttemptAt = 0;
    this.note = undefined;
  }

  /** To be called when it does not, and by a failed attempt itself. */
  failed(why: string): void {
    const { clock, log, random = Math.random } = this.options;
    this.failures++;
    this.nextAttemptAt = clock.now() + backoff(this.failures, PAUSE.base, PAUSE.max, random);
    this.note = `logging in again failed (${why})`;
    log.warn({ why, retry: new Date(this.nextAttemptAt).toISOString() }, 'logging in again failed');
  }
}
