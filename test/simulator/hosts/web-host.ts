import { login, loginForm } from '../login.js';
import type { RefreshOutcome } from '../server/counters.js';
import {
  jsonAnswer,
  htmlAnswer,
  redirectTo,
  type Answer,
  type Asked,
  type Host,
} from '../server/exchange.js';
import { issueCookies, type State } from '../state.js';
import type { Face } from '../switches.js';
import { MAPS_PAGE, DASHBOARD_PAGE, ERROR_PAGE, HOME_PAGE, loginPage } from './pages.js';

/** The pages that issue signed cookies to a live session. */
const REFRESH_PATHS = ['/maps', '/maps/global-heatmap'];

const TILE_COOKIES = ['CloudFront-Key-Pair-Id', 'CloudFront-Policy', 'CloudFront-Signature', '_strava_idcf'];

/** The host that logs people in and issues the signed cookies. */
export function webHost(state: State): Host {
  const page = () => ({ type: 'text/html; charset=utf-8', body: Buffer.from(loginPage('none')) });
  return {
    name: 'web',
    arrived(asked) {
      if (isRefresh(asked)) state.counters.refreshes.total++;
    },
    answer: (asked) => answer(state, asked),
    intact: page,
    missized: page,
    faulted(asked) {
      if (isRefresh(asked)) state.counters.refreshes.fault++;
    },
  };
}

function isRefresh({ method, url }: Asked): boolean {
  return REFRESH_PATHS.includes(url.pathname) && (method === 'GET' || method === 'HEAD');
}

function answer(state: State, asked: Asked): Answer {
  if (asked.method === 'POST') {
    return asked.url.pathname === '/session'
      ? login(state, asked)
      : jsonAnswer(404, { message: 'Not Found' });
  }
  if (isRefresh(asked)) return refresh(state, asked);
  switch (asked.url.pathname) {
    case '/':
      return htmlAnswer(200, HOME_PAGE);
    case '/login':
      return loginForm(state);
    case '/dashboard':
      return judge(state, asked) === 'live' ? htmlAnswer(200, DASHBOARD_PAGE) : redirectTo('/login');
    default:
      return htmlAnswer(404, ERROR_PAGE);
  }
}

/** Deletions of the tile cookies first, then the real ones, each on a line of its own. */
function refresh(state: State, asked: Asked): Answer {
  const verdict = judge(state, asked);
  state.counters.refreshes[OUTCOMES[verdict]]++;
  const deletions = TILE_COOKIES.map(
    (name) => `${name}=; Path=/; Domain=.strava.com; Max-Age=-1; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
  switch (verdict) {
    case 'live': {
      const real = Object.entries(issueCookies(state)).map(
        ([name, value]) =>
          `${name}=${value}; Path=/; Domain=.strava.com; Max-Age=${state.cookieLifetimeSeconds}; Secure; HttpOnly`,
      );
      return htmlAnswer(200, MAPS_PAGE, {
        'Set-Cookie': [...deletions, ...real],
        'Cache-Control': 'no-store',
      });
    }
    case 'no-cookies':
      return htmlAnswer(200, MAPS_PAGE, { 'Set-Cookie': deletions, 'Cache-Control': 'no-store' });
    case 'error':
      return htmlAnswer(500, ERROR_PAGE);
    case 'redirect':
    case 'unknown':
      return redirectTo('/login');
  }
}

const OUTCOMES: Record<'live' | 'unknown' | Face, RefreshOutcome> = {
  live: 'issued',
  unknown: 'no-session',
  redirect: 'redirect',
  'no-cookies': 'no-cookies',
  error: 'error',
};

function judge(state: State, asked: Asked): 'live' | 'unknown' | Face {
  const verdict = state.sessions.judge(asked.cookies.get('_strava4_session'));
  return verdict === 'unknown' ? verdict : (state.switches.deadSession ?? verdict);
}
