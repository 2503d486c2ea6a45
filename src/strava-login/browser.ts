/** Opens a browser for one login and always closes it. */
import type { BrowserContext, Page } from 'playwright-core';
import { findBrowser, isProgram } from './browser-path.js';
import type { LoginFailure } from './login-strategy.js';

export interface BrowserOptions {
  /** Path of the browser; undefined searches the usual places. */
  readonly path: string | undefined;
  /** Additional flags for the browser. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OpenBrowser {
  readonly page: Page;
  /** Every tab and window, with the cookies that they share. */
  readonly context: BrowserContext;
  /** Whether the browser was closed by the user or a crash. */
  closed(): boolean;
}

const ALTERNATIVES =
  'name one with --browser or BROWSER_PATH, or export the cookies with a browser extension and use "cookies import"';

/**
 * Runs `use` in a browser with a fresh profile, which is deleted afterwards. An abort closes the browser, so that pending
 * calls in `use` fail at once. Returns `no_browser` when no browser can be opened.
 */
export async function withBrowser<T>(
  options: BrowserOptions,
  headless: boolean,
  signal: AbortSignal,
  use: (browser: OpenBrowser) => Promise<T>,
): Promise<T | LoginFailure> {
  const path = options.path ?? findBrowser(options.env, process.platform);
  if (path === undefined) return noBrowser(`found no Chrome, Chromium or Edge: install one, ${ALTERNATIVES}`);
  if (!isProgram(path)) return noBrowser(`there is no program at ${path}: ${ALTERNATIVES}`);
  if (!headless && !hasDisplay(options.env))
    return noBrowser(
      'there is no display for a window: run this on a desktop, or export the cookies with a browser extension ' +
        'there and use "cookies import" here',
    );
  const playwright = await import('playwright-core').catch(() => undefined);
  if (!playwright)
    return noBrowser(
      'the optional package playwright-core, which drives the browser, is not installed: run ' +
        '"npm install playwright-core" in the folder of the gateway, or export the cookies with a browser ' +
        'extension and use "cookies import"',
    );
  let context: BrowserContext;
  try {
    // An empty path is a temporary profile: the user's own profile is neither read nor changed.
    context = await playwright.chromium.launchPersistentContext('', {
      executablePath: path,
      headless,
      args: [...options.args],
      chromiumSandbox: !options.args.includes('--no-sandbox'),
      env: withoutSecrets(options.env),
      viewport: null,
      timeout: 30_000,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch {
    // The error message is a page of browser log, so the text names only the likely cause.
    return noBrowser(`${path} did not start${likelyCause(options)}; ${ALTERNATIVES}`);
  }
  let closed = false;
  context.on('close', () => (closed = true));
  const close = () => void context.close().catch(() => undefined);
  signal.addEventListener('abort', close, { once: true });
  try {
    // The start may have exceeded the deadline.
    signal.throwIfAborted();
    const page = context.pages()[0] ?? (await context.newPage());
    return await use({ page, context, closed: () => closed || context.pages().length === 0 });
  } finally {
    signal.removeEventListener('abort', close);
    await context.close().catch(() => undefined);
  }
}

function noBrowser(detail: string): LoginFailure {
  return { kind: 'no_browser', detail };
}

function hasDisplay(env: BrowserOptions['env']): boolean {
  return ['win32', 'darwin'].includes(process.platform) || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

function likelyCause({ args }: BrowserOptions): string {
  return process.getuid?.() === 0 && !args.includes('--no-sandbox')
    ? ' (as root it needs BROWSER_ARGS=--no-sandbox)'
    : '';
}

/** The environment without the settings of the gateway, which contain secrets. */
function withoutSecrets(env: BrowserOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(STRAVA|REDIS|ADMIN|API)_/.test(entry[0]),
    ),
  );
}
