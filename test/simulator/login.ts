import { CAPTCHA_PAGE, loginPage } from './hosts/pages.js';
import { htmlResponse, redirectTo, type HostResponse, type HostRequest } from './server/host.js';
import type { State } from './state.js';

/** The credentials of the only account. */
export const EMAIL = 'rider@example.com';
export const PASSWORD = 'heat-is-on';

/** `GET /login`: the form, whose token is bound to a session before login. */
export function loginForm(state: State): HostResponse {
  const { value, token } = state.sessions.startLogin();
  return htmlResponse(200, loginPage(token), { 'Set-Cookie': [sessionCookie(value)] });
}

/** `POST /session`: 302 to `/dashboard` or `/onboarding` with a valid session, or 302 back to `/login`. */
export function login(state: State, request: HostRequest): HostResponse {
  const { logins } = state.counters;
  logins.total++;
  if (state.switches.captcha) return htmlResponse(200, CAPTCHA_PAGE);
  const form = new URLSearchParams(request.body);
  const tokenMatches = state.sessions.takeLogin(
    request.cookies.get('_strava4_session'),
    form.get('authenticity_token'),
  );
  if (!tokenMatches || form.get('email') !== EMAIL || form.get('password') !== PASSWORD) {
    return redirectTo('/login');
  }
  logins.succeeded++;
  const remembered = form.get('remember_me') === 'on' ? ['strava_remember_id=4711; Path=/; HttpOnly'] : [];
  const cookies = [sessionCookie(state.sessions.start()), ...remembered];
  return redirectTo(state.switches.onboarding ? '/onboarding' : '/dashboard', { 'Set-Cookie': cookies });
}

export function sessionCookie(value: string): string {
  return `_strava4_session=${value}; Path=/; Domain=.strava.com; Secure; HttpOnly`;
}
