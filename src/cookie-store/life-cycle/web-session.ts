/** The request to Strava's web host that returns signed cookies for a session. */
import type { Dispatcher } from 'undici';
import { connectionCode, offlineReason } from '../../common/net/connection-problem.js';
import { retryAfterSeconds } from '../../common/net/retry-after.js';
import { Secret } from '../../common/secret.js';
import { USER_AGENT } from '../../common/net/user-agent.js';
import {
  SESSION_COOKIE,
  setCookies,
  signedCookiesOf,
  type RefreshResult,
  type SignedCookies,
} from '../../strava-cookies/index.js';

/** The result of a refresh. A failure is a value: it changes the state of the cookies and ends no request. */
export type RefreshOutcome =
  | {
      readonly kind: 'success';
      readonly signed: SignedCookies;
      /** The session that Strava issued in exchange, if any. */
      readonly session: Secret | undefined;
      /** Another replica sent the request, and these are its cookies. */
      readonly byAnother?: true;
    }
  /** `onboarding`: the session is logged in, but Strava first asks to finish the set-up of the account. */
  | { readonly kind: 'session_rejected' | 'onboarding'; readonly detail: string }
  | {
      readonly kind: 'upstream_error';
      readonly detail: string;
      readonly retryAfterSeconds?: number | undefined;
    };

export type FailedRefresh = Exclude<RefreshOutcome, { kind: 'success' }>;

/** The label of the metric of refreshes. An account whose set-up is not finished needs its user, as a rejected session does. */
export function refreshResultOf(outcome: RefreshOutcome): RefreshResult {
  if (outcome.kind === 'success') return outcome.byAnother ? 'locked' : 'success';
  return outcome.kind === 'onboarding' ? 'session_rejected' : outcome.kind;
}

export interface WebSession {
  /** Requests signed cookies for `session`; `current` are those that they replace. Never rejects. */
  refresh(session: Secret, signal: AbortSignal, current?: SignedCookies): Promise<RefreshOutcome>;
}

/** Sends the session cookie, and no other, to the web host. Follows no redirect. Never rejects. */
export class HttpWebSession implements WebSession {
  private readonly url: URL;

  constructor(
    webUrl: string,
    private readonly dispatcher: Dispatcher,
    private readonly now: () => number,
  ) {
    this.url = new URL(`${webUrl}/maps`);
  }

  async refresh(session: Secret, signal: AbortSignal): Promise<RefreshOutcome> {
    let response: Dispatcher.ResponseData;
    try {
      response = await this.dispatcher.request({
        origin: this.url.origin,
        path: this.url.pathname,
        method: 'HEAD',
        headers: { cookie: `${SESSION_COOKIE}=${session.reveal()}`, 'user-agent': USER_AGENT },
        signal,
      });
      await response.body.dump();
    } catch (error) {
      const code = signal.aborted ? 'no answer in time' : (connectionCode(error) ?? 'unknown');
      const detail = offlineReason(code, "Strava's web host") ?? `the web host cannot be reached (${code})`;
      return { kind: 'upstream_error', detail };
    }
    return this.classify(response.statusCode, response.headers);
  }

  private classify(status: number, headers: Dispatcher.ResponseData['headers']): RefreshOutcome {
    const page = status >= 300 && status < 400 ? this.pathOf(headers.location?.toString()) : '';
    if (/\/onboarding(\/|$)/.test(page))
      return { kind: 'onboarding', detail: 'Strava asks to finish the set-up of the account' };
    if (/\/(login|session)(\/|$)/.test(page))
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

  /** Path of a relative or absolute location, without its query, which may name other pages. */
  private pathOf(location = ''): string {
    return URL.canParse(location, this.url.href) ? new URL(location, this.url).pathname : '';
  }
}
