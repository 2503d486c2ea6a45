/** Texts for the responses of the gateway. Pure. */
import { untilText } from './time-text.js';

/**
 * The result of a push: `{ ok, text }`. After a failure also `cause`: `session` if another push of the same session cannot
 * succeed, else `gateway`; and `retryAfter` in seconds, if the gateway sent it.
 */
export function pushResult(reply, now = Date.now()) {
  if (reply.kind !== 'response') return { ok: false, text: NO_RESPONSE[reply.kind], cause: 'gateway' };
  const { status, body, retryAfter } = reply;
  if (status === 200 && body.status === 'ok') {
    const until = Date.parse(body.cookies_expire);
    return {
      ok: true,
      text: until
        ? `The gateway has working cookies ${untilText(until, now)} and renews them automatically.`
        : 'The gateway accepted the cookies.',
    };
  }
  return {
    ok: false,
    text: failureText(status, retryAfter) + detailText(body, status),
    cause: [400, 413, 422].includes(status) ? 'session' : 'gateway',
    retryAfter,
  };
}

/** The state of the gateway's cookies: `{ tone: 'good' | 'bad' | 'unknown', text }`. */
export function statusText(reply, now = Date.now()) {
  if (reply.kind !== 'response') return { tone: 'unknown', text: 'no response' };
  const { status, body } = reply;
  if (status === 401) return { tone: 'bad', text: 'admin key refused' };
  if (status !== 200 || typeof body.state !== 'string')
    return { tone: 'unknown', text: 'not available at this URL' };
  const until = Date.parse(body.cookies_expire);
  switch (body.state) {
    case 'valid':
      return { tone: 'good', text: until ? `working, ${untilText(until, now)}` : 'working' };
    case 'anonymous':
      return { tone: 'bad', text: 'no cookies yet' };
    case 'unreadable':
      return { tone: 'bad', text: 'cannot read its cookies' };
    case 'session_rejected':
      return { tone: 'bad', text: 'needs a new session' };
    case 'onboarding':
      return { tone: 'bad', text: 'the Strava account is not set up' };
    case 'upstream_error':
      return { tone: 'bad', text: 'cannot reach Strava' };
    default:
      return { tone: 'unknown', text: shorten(body.state) };
  }
}

const NO_RESPONSE = {
  unreachable:
    'No response from the gateway. Check that it is running, that the URL is correct, and that this browser trusts its certificate.',
  timeout: 'The gateway did not respond in time. Try again later.',
  redirect: 'This URL redirects to another one. Enter the URL that it redirects to.',
};

function failureText(status, retryAfter) {
  switch (status) {
    case 400:
      return 'The gateway could not read the cookies.';
    case 401:
    case 403:
      return 'The gateway refused the admin key. Compare it with the ADMIN_KEY of the gateway.';
    case 404:
      return 'The gateway does not accept cookies at this URL. Start it with ADMIN_KEY set to the admin key above, and check the URL.';
    case 413:
      return 'The cookies are too large for the gateway.';
    case 422:
      return 'Strava does not accept this session. The gateway keeps its current cookies. Log in at strava.com, finish the set-up of the account if Strava asks for it, and push again.';
    case 429:
      return `Too many attempts. Push again ${retryAfter ? `in ${retryAfter} s` : 'in a few minutes'}.`;
    case 502:
    case 503:
    case 504:
      return 'The gateway could not test the cookies, because Strava did not respond properly. Try again later.';
    case 200:
      return 'A server responded, but it is not a gateway. Check the URL.';
    default:
      return `The gateway responded with status ${status}.`;
  }
}

/** The gateway's own explanation in quotes, unless {@link failureText} says the same. */
function detailText({ detail }, status) {
  if (typeof detail !== 'string' || detail === '' || SELF_EXPLANATORY.includes(status)) return '';
  return ` The gateway reports: “${shorten(detail)}”`;
}

const SELF_EXPLANATORY = [401, 404, 422, 429];

function shorten(text) {
  return text.length > 240 ? `${text.slice(0, 239)}…` : text;
}
