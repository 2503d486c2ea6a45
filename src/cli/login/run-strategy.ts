/** One login with one of the three strategies. */
import { Agent } from 'undici';
import { connectPastContinue } from '../../common/net/connect-past-continue.js';
import type { RefreshOutcome } from '../../cookie-store/index.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import {
  BrowserLogin,
  FormLogin,
  WindowLogin,
  type BrowserOptions,
  type Credentials,
  type LoginStrategy,
  type LoginSuccess,
  type WindowAnswer,
} from '../../strava-login/index.js';
import { askWebHost } from '../cookies/ask-web-host.js';
import { withDeadline } from '../with-deadline.js';

export type LoginWay = 'window' | 'headless' | 'form';

export interface LoginSettings {
  readonly cookiesFile: string;
  readonly tilesUrl: string;
  readonly webUrl: string;
  /** Deadline of one request. */
  readonly requestTimeoutMs: number;
  /** Deadline of the whole login. */
  readonly timeoutMs: number;
  /** Undefined for a window. */
  readonly credentials: Credentials | undefined;
  readonly browser: BrowserOptions;
}

export type LoginFailed = Exclude<WindowAnswer, LoginSuccess>;

/** Success, with the signed cookies that a test of the session has returned, if any. */
export type LoggedIn = LoginSuccess & { readonly signed: SignedCookies | undefined };

/** Exactly one attempt. Never rejects. */
export function logIn(
  way: LoginWay,
  settings: LoginSettings,
  interrupted: AbortSignal,
): Promise<LoggedIn | LoginFailed> {
  return withDeadline(settings.timeoutMs, interrupted, async (signal) => {
    if (way === 'window') return byWindow(settings, signal);
    const agent = new Agent({ connections: 1, connect: connectPastContinue() });
    try {
      const answer = await unattended(way, settings, agent).login(signal);
      return answer.kind === 'success' ? { ...answer, signed: undefined } : answer;
    } finally {
      await agent.destroy();
    }
  });
}

function unattended(
  way: Exclude<LoginWay, 'window'>,
  { webUrl, credentials, browser }: LoginSettings,
  dispatcher: Agent,
): LoginStrategy {
  return way === 'form'
    ? new FormLogin({ webUrl, credentials: credentials!, dispatcher })
    : new BrowserLogin({ webUrl, credentials: credentials!, browser });
}

async function byWindow(settings: LoginSettings, signal: AbortSignal): Promise<LoggedIn | LoginFailed> {
  const { webUrl, requestTimeoutMs, browser } = settings;
  let last: RefreshOutcome | undefined;
  const answer = await new WindowLogin({
    webUrl,
    browser,
    async probe(session, until) {
      last = await askWebHost(webUrl, session, requestTimeoutMs, until);
      switch (last.kind) {
        case 'success':
          return 'live';
        case 'session_rejected':
          return 'dead';
        // The user can finish the set-up of the account in the window.
        case 'onboarding':
        case 'upstream_error':
          return 'unclear';
      }
    },
  }).login(signal);
  if (answer.kind === 'unfinished' && last?.kind === 'onboarding')
    return { ...answer, detail: `${answer.detail}; ${last.detail}` };
  if (answer.kind !== 'success') return answer;
  return last?.kind === 'success'
    ? { ...answer, session: last.session ?? answer.session, signed: last.signed }
    : { ...answer, signed: undefined };
}
