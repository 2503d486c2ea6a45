/** Logs in by filling in the web host's form in a browser without a window. */
import type { Locator, Page, Response } from 'playwright-core';
import { untilAborted } from '../common/abort.js';
import { Secret } from '../common/secret.js';
import { withBrowser, type BrowserOptions, type OpenBrowser } from './browser.js';
import type { Credentials, LoginAnswer, LoginStrategy } from './login-strategy.js';
import { loginFailure, refused, trouble } from './login-verdict.js';
import { pagesBeyondLogin, sessionOf } from './web-pages.js';

export interface BrowserLoginOptions {
  /** Base address of the web host. */
  readonly webUrl: string;
  readonly credentials: Credentials;
  readonly browser: BrowserOptions;
}

const STEP_MS = 15_000;
/** A login that leads nowhere for so long waits for something that only a person can give. */
const OUTCOME_MS = 20_000;
const LOOK_MS = 200;

export class BrowserLogin implements LoginStrategy {
  constructor(private readonly options: BrowserLoginOptions) {}

  async login(signal: AbortSignal): Promise<LoginAnswer> {
    try {
      return await withBrowser(this.options.browser, true, signal, (browser) =>
        untilAborted(this.attempt(browser, signal), signal),
      );
    } catch {
      // What Playwright says holds calls and their arguments, and so the password.
      const why = signal.aborted ? 'no answer in time' : 'the page cannot be loaded or used';
      return { kind: 'upstream_error', detail: `the login page of the web host failed (${why})` };
    }
  }

  private async attempt({ page, context }: OpenBrowser, signal: AbortSignal): Promise<LoginAnswer> {
    const { webUrl } = this.options;
    page.setDefaultTimeout(STEP_MS);
    const form = await page.goto(`${webUrl}/login`, { waitUntil: 'domcontentloaded' });
    const status = form?.status() ?? 0;
    if (status === 429 || status >= 500) return trouble(status);
    const posted = await this.fillIn(page);
    if (!posted) return refused('the login page has no form that a program could fill in');
    const end = Date.now() + OUTCOME_MS;
    while (Date.now() < end && !signal.aborted) {
      const session = await sessionOf(context, webUrl);
      if (session !== undefined && pagesBeyondLogin([page.url()], webUrl) !== '')
        return { kind: 'success', session: new Secret(session) };
      const answer = posted();
      if (answer) {
        const failure = loginFailure({
          status: answer.status(),
          location: answer.headers().location,
          url: answer.url(),
          html: await page.content().catch(() => ''),
        });
        if (failure) return failure;
      }
      await page.waitForTimeout(LOOK_MS);
    }
    return refused(
      'Strava stays at its login page, which may want a captcha, a code from an e-mail, or another password',
    );
  }

  /**
   * Fills in and sends the form once; some forms ask for the password only after the e-mail. Gives a look at the answer,
   * or undefined when there is no such form.
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

/** The first answer to a form that the page posts from now on, once it is there. */
function postedForm(page: Page): () => Response | undefined {
  let answer: Response | undefined;
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.method() === 'POST' && request.frame() === page.mainFrame())
      answer ??= response;
  });
  return () => answer;
}
