import { CAPTCHA_PAGE, loginPage } from './hosts/pages.js';
import { htmlAnswer, redirectTo, type Answer, type Asked } from './server/exchange.js';
import type { State } from './state.js';

/** The only account. */
export const EMAIL = 'rider@example.com';
export const PASSWORD = 'heat-is-on';

/** `GET /login`: the form, its token bound to a session that is not logged in yet. */
export function loginForm(state: State): Answer {
  const { value, token } = state.sessions.startLogin();
  return htmlAnswer(200, loginPage(token), { 'Set-Cookie': [sessionCookie(value)] });
}

/** `POST /session`: 302 to `/dashboard` with a live session, or 302 back to `/login`. */
export function login(state: State, asked: Asked): Answer {
  const { logins } = state.counters;
  logins.total++;
  if (state.switches.captcha) return htmlAnswer(200, CAPTCHA_PAGE);
  const form = new URLSearchParams(asked.body);
  const tokenFits = state.sessions.takeLogin(
    asked.cookies.get('_strava4_session'),
    form.get('authenticity_token'),
  );
  if (!tokenFits || form.get('email') !== EMAIL || form.get('password') !== PASSWORD) {
    return redirectTo('/login');
  }
  logins.succeeded++;
  const remembered = form.get('remember_me') === 'on' ? ['strava_remember_id=4711; Path=/; HttpOnly'] : [];
  const cookies = [sessionCookie(state.sessions.start()), ...remembered];
  return redirectTo('/dashboard', { 'Set-Cookie': cookies });
}

function sessionCookie(value: string): string {
  return `_strava4_session=${value}; Path=/; Domain=.strava.com; Secure; HttpOnly`;
}
