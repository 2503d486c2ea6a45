import type { Config } from '../../config/index.js';
import type { Credentials } from '../../strava-login/index.js';
import { JSON_OPTION, type Call, type Command, type Outcome } from '../command.js';
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
  summary: 'Log in to Strava and write the cookie file.',
  description: `Opens Strava's login page in Chrome, Chromium, Edge or Brave, with a new, empty profile. As soon as Strava
accepts the login, the command writes the cookie file and closes the window. It does not read what you
type. It requires the optional package playwright-core.

--headless fills in the form in a browser without a window, and --form posts the form without a
browser. Both read STRAVA_EMAIL and STRAVA_PASSWORD from the environment and make one attempt. Strava
often refuses them with a captcha or a code sent by e-mail; a login with a window works.

BROWSER_ARGS sets additional flags of the browser, separated by commas (--no-sandbox for root).`,
  operands: [],
  options: {
    cookies: { value: 'FILE', help: 'Cookie file to write. [STRAVA_COOKIES_FILE]' },
    browser: { value: 'PATH', help: 'Browser to open. Default: the first one found. [BROWSER_PATH]' },
    timeout: { value: 'SECONDS', help: 'Time limit. Default: 300 with a window, else 60.' },
    headless: { help: 'Fill in the form in a browser without a window.' },
    form: { help: 'Post the form without a browser.' },
    json: JSON_OPTION,
  },
  async run(call) {
    const way = wayOf(call);
    const settings = settingsOf(call, way);
    const target = new CookieTarget(settings.cookiesFile, settings.tilesUrl);
    await target.prepare();
    if (way === 'window')
      call.tell(
        `A browser opens ${settings.webUrl}/login. Log in there within ${settings.timeoutMs / 1000} seconds; ` +
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
  problem: 'The login was interrupted. Nothing was written.',
};

function wayOf({ switches, flags }: Call): LoginWay {
  if (switches.has('form') && switches.has('headless'))
    throw usage('login', '--form and --headless exclude each other: use one of them');
  if (switches.has('form') && flags.browser !== undefined)
    throw usage('login', '--form uses no browser: remove --browser');
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
    throw usage('login', `--timeout must be a whole number of seconds from 1 to 3600, found "${flag}"`);
  return Number(flag);
}

function credentialsOf(settings: Pick<Config, 'stravaEmail' | 'stravaPassword'>): Credentials {
  const { stravaEmail: email, stravaPassword: password } = settings;
  if (!email || !password)
    throw usage(
      'login',
      'set STRAVA_EMAIL and STRAVA_PASSWORD in the environment, or remove --form and --headless to log in with a window',
    );
  return { email, password };
}
