import type { Config } from '../../config/index.js';
import type { Credentials } from '../../strava-login/index.js';
import type { Call, Command, Outcome } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { CookieTarget } from '../cookies/cookie-target.js';
import { EXIT } from '../exit-code.js';
import { keepSession } from '../login/keep-session.js';
import { logIn, type LoginSettings, type LoginWay } from '../login/run-strategy.js';
import { describeFailure } from '../login/login-outcome.js';
import { usage } from '../read-call.js';

const DEFAULT_SECONDS: Readonly<Record<LoginWay, number>> = { window: 300, headless: 60, form: 60 };

export const login: Command = {
  name: 'login',
  summary: 'log in to Strava and write the cookie file',
  description: `Opens a window of your own Chrome, Chromium or Edge with a fresh profile at Strava's login page. Log in
there; as soon as Strava accepts it, the cookie file is written and the window closes. Nothing that you
type is seen or kept by the gateway. This needs the optional package playwright-core.

--headless fills in the form without a window, and --form posts it without a browser, both with
STRAVA_EMAIL and STRAVA_PASSWORD of the environment. Strava may refuse both today, with a captcha or a
code sent by e-mail: they try exactly once, and the window is the way that works.

BROWSER_ARGS holds further flags for the browser, with commas between them (--no-sandbox for root).`,
  operands: [],
  options: {
    cookies: { value: 'FILE', help: 'cookie file that is written (STRAVA_COOKIES_FILE)' },
    browser: { value: 'PATH', help: 'browser to open (BROWSER_PATH); looked for when left out' },
    timeout: { value: 'SECONDS', help: 'how long to wait: 300 for a window, else 60' },
    headless: { help: 'fill in the form in a browser without a window; may be refused' },
    form: { help: 'post the form without a browser; may be refused' },
  },
  async run(call) {
    const way = wayOf(call);
    const settings = settingsOf(call, way);
    const target = new CookieTarget(settings.cookiesFile, settings.tilesUrl);
    await target.prepare();
    if (way === 'window')
      call.tell(
        `A browser opens at ${settings.webUrl}/login. Log in there within ${settings.timeoutMs / 1000} seconds; ` +
          'the window closes by itself.',
      );
    const interrupted = new AbortController();
    const interrupt = () => interrupted.abort(new Error('interrupted'));
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.once(signal, interrupt);
    try {
      const answer = await logIn(way, settings, interrupted.signal);
      if (interrupted.signal.aborted) return INTERRUPTED;
      if (answer.kind !== 'success') return describeFailure(way, answer);
      return await keepSession(answer.session, answer.signed, target, settings);
    } finally {
      for (const signal of signals) process.off(signal, interrupt);
    }
  },
};

const INTERRUPTED: Outcome = {
  exit: EXIT.failed,
  report: { status: 'unfinished', detail: 'interrupted' },
  problem: 'The login was interrupted; nothing is written.',
};

function wayOf({ switches, flags }: Call): LoginWay {
  if (switches.has('form') && switches.has('headless'))
    throw usage('login', '--form and --headless are two ways: choose one');
  if (switches.has('form') && flags.browser !== undefined)
    throw usage('login', '--form uses no browser: leave --browser out');
  return switches.has('form') ? 'form' : switches.has('headless') ? 'headless' : 'window';
}

function settingsOf(call: Call, way: LoginWay): LoginSettings {
  const { env, flags } = call;
  const settings = commandSettings(call, [
    'stravaCookiesFile',
    'stravaTilesUrl',
    'stravaWebUrl',
    'upstreamTimeoutMs',
    'stravaEmail',
    'stravaPassword',
    'browserPath',
    'browserArgs',
  ]);
  return {
    cookiesFile: settings.stravaCookiesFile,
    tilesUrl: settings.stravaTilesUrl,
    webUrl: settings.stravaWebUrl,
    requestTimeoutMs: settings.upstreamTimeoutMs,
    timeoutMs: secondsOf(flags.timeout, way) * 1000,
    credentials: way === 'window' ? undefined : credentialsOf(settings),
    browser: { path: flags.browser ?? settings.browserPath, args: settings.browserArgs, env },
  };
}

function secondsOf(flag: string | undefined, way: LoginWay): number {
  if (flag === undefined) return DEFAULT_SECONDS[way];
  if (!/^[1-9]\d{0,3}$/.test(flag) || Number(flag) > 3600)
    throw usage('login', '--timeout must be a whole number of seconds from 1 to 3600');
  return Number(flag);
}

function credentialsOf(settings: Pick<Config, 'stravaEmail' | 'stravaPassword'>): Credentials {
  const { stravaEmail: email, stravaPassword: password } = settings;
  if (!email || !password)
    throw usage(
      'login',
      'set STRAVA_EMAIL and STRAVA_PASSWORD in the environment, or log in by a window without --form and --headless',
    );
  return { email, password };
}
