/** Login in a headless browser: fills in the form of the web host. */
import type { Locator, Page, Response } from 'playwright-core';
import { untilAborted } from '../common/abort.js';
import { Secret } from '../common/secret.js';
import { withBrowser, type BrowserOptions, type OpenBrowser } from './browser.js';
import type { Credentials, LoginAnswer, LoginStrategy } from './login-strategy.js';
import { additionalCheck, hostFailure, loginFailure } from './classify-login.js';
import { pagesBeyondLogin, sessionOf } from './web-pages.js';

export interface BrowserLoginOptions {
  /** Base URL of the web host. */
  readonly webUrl: string;
  readonly credentials: Credentials;
  readonly browser: BrowserOptions;
}

const STEP_MS = 15_000;
/** Time for the web host to accept or reject the form; after it, the page requires input that a program cannot give. */
const OUTCOME_MS = 20_000;
const POLL_INTERVAL_MS = 200;

export class BrowserLogin implements LoginStrategy {
  constructor(private readonly options: BrowserLoginOptions) {}

  async login(signal: AbortSignal): Promise<LoginAnswer> {
    try {
      return await withBrowser(this.options.browser, true, signal, (browser) =>
        untilAborted(this.attempt(browser, signal), signal),
      );
    } catch {
      // Messages of Playwright contain the arguments of its calls, and so the password.
      const why = signal.aborted ? 'no answer in time' : 'the page cannot be loaded or used';
      return { kind: 'upstream_error', detail: `the login page of the web host failed (${why})` };
    }
  }

  private async attempt({ page, context }: OpenBrowser, signal: AbortSignal): Promise<LoginAnswer> {
    const { webUrl } = this.options;
    page.setDefaultTimeout(STEP_MS);
    const form = await page.goto(`${webUrl}/login`, { waitUntil: 'domcontentloaded' });
    const status = form?.status() ?? 0;
    if (status === 429 || status >= 500) return hostFailure(status);
    const posted = await this.fillIn(page);
    if (!posted) return additionalCheck('the login page has no form that a program can fill in');
    const end = performance.now() + OUTCOME_MS;
    while (performance.now() < end && !signal.aborted) {
      const session = await sessionOf(context, webUrl);
      if (session !== undefined && pagesBeyondLogin([page.url()], webUrl) !== '')
        return { kind: 'success', session: new Secret(session) };
      const response = posted();
      if (response) {
        const failure = loginFailure({
          status: response.status(),
          location: response.headers().location,
          url: response.url(),
          html: await page.content().catch(() => ''),
        });
        if (failure) return failure;
      }
      await page.waitForTimeout(POLL_INTERVAL_MS);
    }
    return additionalCheck(
      'Strava stays on its login page, which may require a captcha, a code from an e-mail, or another password',
    );
  }

  /**
   * Fills in and submits the form once; some forms ask for the password only after the e-mail. Returns a function that
   * gives the response once it has arrived; undefined when the page has no such form.
   */
  private async fillIn(page: Page): Promise<(() => Response | undefined) | undefined> {
    const { email, password } = this.options.credentials;
    const emailField = page.locator('input[type=email]:visible, input[name=email]:visible').first();
    const passwordField = page.locator('input[type=password]:visible').first();
    if (!(await appears(emailField))) return undefined;
    await emailField.fill(email.reveal());
    if (!(await passwordField.isVisible())) {
      await emailField.press('Enter');
      if (!(await appears(passwordField))) return undefined;
    }
    await passwordField.fill(password.reveal());
    const remember = page.locator('input[type=checkbox][name=remember_me]:visible').first();
    if (await remember.isVisible()) await remember.check();
    const posted = postedForm(page);
    await passwordField.press('Enter');
    return posted;
  }
}

async function appears(field: Locator): Promise<boolean> {
  return field.waitFor({ state: 'visible', timeout: STEP_MS }).then(
    () => true,
    () => false,
  );
}

/** The first response to a form that the page posts from now on. */
function postedForm(page: Page): () => Response | undefined {
  let posted: Response | undefined;
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.method() === 'POST' && request.frame() === page.mainFrame())
      posted ??= response;
  });
  return () => posted;
}
