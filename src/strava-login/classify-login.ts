/** Classifies the web host's response to a posted login form. Pure. */
import type { LoginFailure } from './login-strategy.js';

export interface FormResponse {
  readonly status: number;
  readonly location: string | undefined;
  /** URL to which the form was posted: the base of a relative location. */
  readonly url: string;
  /** The page, up to the read limit. */
  readonly html: string;
}

/** Undefined for success: the web host redirects to the dashboard or to the onboarding of a new account. */
export function loginFailure({ status, location, url, html }: FormResponse): LoginFailure | undefined {
  if (status === 429 || status >= 500) return hostFailure(status);
  if (status >= 300 && status < 400) {
    const path = URL.canParse(location ?? '', url) ? new URL(location ?? '', url).pathname : '';
    if (/\/(dashboard|onboarding)(\/|$)/.test(path)) return undefined;
    if (/\/login(\/|$)/.test(path))
      return { kind: 'wrong_credentials', detail: 'Strava does not accept this e-mail and password' };
    return additionalCheck('Strava redirects the login to a page that a program cannot answer');
  }
  return additionalCheck(
    /captcha/i.test(html) ? 'Strava asks for a captcha' : `Strava answered the login with status ${status}`,
  );
}

/** The web host failed; the credentials were not checked. */
export function hostFailure(status: number): LoginFailure {
  return { kind: 'upstream_error', detail: `the web host answered ${status}` };
}

/** The web host requires more than e-mail and password, or its response is unknown. */
export function additionalCheck(detail: string): LoginFailure {
  return { kind: 'captcha', detail };
}
