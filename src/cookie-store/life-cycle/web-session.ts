/** The one request that turns a session into signed cookies. */
import type { Dispatcher } from 'undici';
import { retryAfterSeconds } from '../../common/retry-after.js';
import { Secret } from '../../common/secret.js';
import { USER_AGENT } from '../../common/user-agent.js';
import {
  SESSION_COOKIE,
  setCookies,
  signedCookiesOf,
  type SignedCookies,
} from '../../strava-cookies/index.js';

/** What the web host made of the session. Failure is a value here: it decides the next state, not the end of a request. */
export type RefreshOutcome =
  | {
      readonly kind: 'success';
      readonly signed: SignedCookies;
      /** The session that Strava gave in exchange, if it did. */
      readonly session: Secret | undefined;
      /** Another replica asked, and this is what it got. */
      readonly byAnother?: true;
    }
  | { readonly kind: 'session_rejected'; readonly detail: string }
  | {
      readonly kind: 'upstream_error';
      readonly detail: string;
      readonly retryAfterSeconds?: number | undefined;
    };

export interface WebSession {
  /** Signed cookies for `session`; `held` are those that the caller has and wants to replace. Never rejects. */
  refresh(session: Secret, signal: AbortSignal, held?: SignedCookies): Promise<RefreshOutcome>;
}

/** Asks the web host with the session cookie alone, and follows no redirect. Never rejects. */
export class HttpWebSession implements WebSession {
  private readonly origin: string;
  private readonly path: string;

  constructor(
    webUrl: string,
    private readonly dispatcher: Dispatcher,
    private readonly now: () => number,
  ) {
    const url = new URL(`${webUrl}/maps`);
    this.origin = url.origin;
    this.path = url.pathname;
  }

  async refresh(session: Secret, signal: AbortSignal): Promise<RefreshOutcome> {
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.dispatcher.request({
        origin: this.origin,
        path: this.path,
        method: 'HEAD',
        headers: { cookie: `${SESSION_COOKIE}=${session.reveal()}`, 'user-agent': USER_AGENT },
        signal,
      });
      await answer.body.dump();
    } catch (error) {
      const code = signal.aborted
        ? 'no answer in time'
        : ((error as NodeJS.ErrnoException).code ?? 'unknown');
      return { kind: 'upstream_error', detail: `the web host cannot be reached (${code})` };
    }
    return this.classify(answer.statusCode, answer.headers);
  }

  private classify(status: number, headers: Dispatcher.ResponseData['headers']): RefreshOutcome {
    if (status >= 300 && status < 400 && /\/(login|session)\b/.test(String(headers.location)))
      return { kind: 'session_rejected', detail: 'Strava asks to log in' };
    if (status !== 200)
      return {
        kind: 'upstream_error',
        detail: `the web host answered ${status}`,
        retryAfterSeconds: retryAfterSeconds(headers['retry-after']?.toString(), this.now()),
      };
    const cookies = setCookies(headers['set-cookie']);
    const signed = signedCookiesOf(cookies, this.now());
    if (!signed) return { kind: 'session_rejected', detail: 'Strava answered without signed cookies' };
    const session = cookies.get(SESSION_COOKIE);
    return { kind: 'success', signed, session: session === undefined ? undefined : new Secret(session) };
  }
}
