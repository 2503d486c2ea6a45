/** What the web host's answer to a posted login form means. Pure. */
import type { LoginFailure } from './login-strategy.js';

export interface FormAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** Address to which the form was posted: what a relative location is relative to. */
  readonly url: string;
  /** The page, as far as it was read. */
  readonly html: string;
}

/** Undefined is success: the web host sends to the dashboard or to the first steps of a new account. */
export function loginFailure({ status, location, url, html }: FormAnswer): LoginFailure | undefined {
  if (status === 429 || status >= 500) return trouble(status);
  if (status >= 300 && status < 400) {
    const path = URL.canParse(location ?? '', url) ? new URL(location ?? '', url).pathname : '';
    if (/\/(dashboard|onboarding)(\/|$)/.test(path)) return undefined;
    if (/\/login(\/|$)/.test(path))
      return { kind: 'wrong_credentials', detail: 'Strava does not accept this e-mail and password' };
    return refused('Strava sends the login to a page that a program cannot answer');
  }
  return refused(
    /captcha/i.test(html) ? 'Strava asks for a captcha' : `Strava answered the login with status ${status}`,
  );
}

export function trouble(status: number): LoginFailure {
  return { kind: 'upstream_error', detail: `the web host answered ${status}` };
}

export function refused(detail: string): LoginFailure {
  return { kind: 'captcha', detail };
}
