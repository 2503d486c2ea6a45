import type { OutgoingHttpHeaders } from 'node:http';
import { login, loginForm, sessionCookie } from '../login.js';
import type { RefreshOutcome } from '../server/counters.js';
import {
  jsonResponse,
  htmlResponse,
  redirectTo,
  type HostResponse,
  type HostRequest,
  type Host,
} from '../server/host.js';
import { issueCookies, type State } from '../state.js';
import type { EndedSession } from '../switches.js';
import { MAPS_PAGE, DASHBOARD_PAGE, ERROR_PAGE, HOME_PAGE, loginPage, ONBOARDING_PAGE } from './pages.js';

/** Pages that issue signed cookies for a valid session. */
const REFRESH_PATHS = ['/maps', '/maps/global-heatmap'];

const TILE_COOKIES = ['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature', '_strava_idcf'];

/** The host with the login form and the pages that issue signed cookies. */
export function webHost(state: State): Host {
  const page = () => ({ type: 'text/html; charset=utf-8', body: Buffer.from(loginPage('none')) });
  return {
    name: 'web',
    onRequest(request) {
      if (isRefresh(request)) state.counters.refreshes.total++;
    },
    respond: (request) => respond(state, request),
    intact: page,
    wrongSize: page,
    onFault(request) {
      if (isRefresh(request)) state.counters.refreshes.fault++;
    },
  };
}

function isRefresh({ method, url }: HostRequest): boolean {
  return REFRESH_PATHS.includes(url.pathname) && (method === 'GET' || method === 'HEAD');
}

function respond(state: State, request: HostRequest): HostResponse {
  if (request.method === 'POST') {
    return request.url.pathname === '/session'
      ? login(state, request)
      : jsonResponse(404, { message: 'Not Found' });
  }
  if (isRefresh(request)) return refresh(state, request);
  switch (request.url.pathname) {
    case '/':
      return htmlResponse(200, HOME_PAGE, visitorCookie(state, request));
    case '/login':
      return loginForm(state);
    case '/dashboard':
      if (sessionState(state, request) !== 'valid') return redirectTo('/login');
      return state.switches.onboarding ? redirectTo('/onboarding') : htmlResponse(200, DASHBOARD_PAGE);
    case '/onboarding':
      return sessionState(state, request) === 'valid'
        ? htmlResponse(200, ONBOARDING_PAGE)
        : redirectTo('/login');
    default:
      return htmlResponse(404, ERROR_PAGE);
  }
}

/** A session that is not logged in, for a visitor who has none. */
function visitorCookie({ sessions }: State, { cookies }: HostRequest): OutgoingHttpHeaders {
  return cookies.has('_strava4_session') ? {} : { 'Set-Cookie': [sessionCookie(sessions.startVisit())] };
}

/** Deletes the tile cookies first and then sets them, each in a `Set-Cookie` line of its own. */
function refresh(state: State, request: HostRequest): HostResponse {
  const known = sessionState(state, request);
  const session = known === 'valid' && state.switches.onboarding ? 'onboarding' : known;
  state.counters.refreshes[OUTCOMES[session]]++;
  const deletions = TILE_COOKIES.map(
    (name) => `${name}=; Path=/; Domain=.strava.com; Max-Age=-1; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
  switch (session) {
    case 'valid': {
      const issued = Object.entries(issueCookies(state)).map(
        ([name, value]) =>
          `${name}=${value}; Path=/; Domain=.strava.com; Max-Age=${state.cookieLifetimeSeconds}; Secure; HttpOnly`,
      );
      return htmlResponse(200, MAPS_PAGE, {
        'Set-Cookie': [...deletions, ...issued],
        'Cache-Control': 'no-store',
      });
    }
    case 'onboarding':
      return redirectTo('/onboarding');
    case 'no-cookies':
      return htmlResponse(200, MAPS_PAGE, { 'Set-Cookie': deletions, 'Cache-Control': 'no-store' });
    case 'error':
      return htmlResponse(500, ERROR_PAGE);
    case 'redirect':
    case 'unknown':
      return redirectTo('/login');
  }
}

const OUTCOMES: Record<'valid' | 'unknown' | 'onboarding' | EndedSession, RefreshOutcome> = {
  valid: 'issued',
  onboarding: 'onboarding',
  unknown: 'no-session',
  redirect: 'redirect',
  'no-cookies': 'no-cookies',
  error: 'error',
};

function sessionState(state: State, request: HostRequest): 'valid' | 'unknown' | EndedSession {
  const session = state.sessions.stateOf(request.cookies.get('_strava4_session'));
  return session === 'unknown' ? session : (state.switches.endedSession ?? session);
}
