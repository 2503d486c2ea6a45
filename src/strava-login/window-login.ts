/** Login in a browser window: the user logs in, and the gateway detects the session. */
import { setTimeout as delay } from 'node:timers/promises';
import { untilAborted } from '../common/abort.js';
import { Secret } from '../common/secret.js';
import { withBrowser, type BrowserOptions, type OpenBrowser } from './browser.js';
import type { LoginAnswer } from './login-strategy.js';
import { ProbeSchedule } from './probe-schedule.js';
import { pagesBeyondLogin, sessionOf } from './web-pages.js';

export interface WindowLoginOptions {
  /** Base URL of the web host. */
  readonly webUrl: string;
  readonly browser: BrowserOptions;
  /** Whether `session` yields signed cookies, which proves that it is logged in. */
  readonly probe: (session: Secret, signal: AbortSignal) => Promise<'live' | 'dead' | 'unclear'>;
}

/** `unfinished`: the window was closed, or the timeout expired. */
export type WindowAnswer = LoginAnswer | { readonly kind: 'unfinished'; readonly detail: string };

const POLL_INTERVAL_MS = 300;

export class WindowLogin {
  constructor(private readonly options: WindowLoginOptions) {}

  /** Waits for the login until `signal` is aborted. Never rejects. */
  async login(signal: AbortSignal): Promise<WindowAnswer> {
    let window: OpenBrowser | undefined;
    try {
      return await withBrowser<WindowAnswer>(this.options.browser, false, signal, (browser) => {
        window = browser;
        return untilAborted(this.watch(browser, signal), signal);
      });
    } catch {
      if (signal.aborted) return { kind: 'unfinished', detail: 'there was no login within the timeout' };
      if (window?.closed()) return CLOSED;
      return { kind: 'upstream_error', detail: 'the login page of the web host cannot be loaded' };
    }
  }

  private async watch(browser: OpenBrowser, signal: AbortSignal): Promise<WindowAnswer> {
    const { webUrl, probe } = this.options;
    const { page, context } = browser;
    await page.goto(`${webUrl}/login`, { waitUntil: 'commit' });
    const schedule = new ProbeSchedule();
    while (!browser.closed()) {
      const session = await sessionOf(context, webUrl);
      const urls = context.pages().map((tab) => tab.url());
      const beyondLogin = pagesBeyondLogin(urls, webUrl);
      if (session !== undefined && schedule.shouldProbe({ session, beyondLogin }, performance.now())) {
        const secret = new Secret(session);
        const verdict = await probe(secret, signal);
        if (verdict === 'live') return { kind: 'success', session: secret };
        if (verdict === 'unclear') schedule.retry();
      }
      await delay(POLL_INTERVAL_MS, undefined, { signal });
    }
    return CLOSED;
  }
}

const CLOSED: WindowAnswer = {
  kind: 'unfinished',
  detail: 'the window was closed before the login',
};
