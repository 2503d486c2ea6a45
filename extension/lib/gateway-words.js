/** What the gateway's replies mean to a person. Pure. */
import { untilWords } from './time-words.js';

/**
 * What became of a push: `{ ok, words }`, and for a failure whether it is `aboutSession`, which the same session
 * cannot cure, or about the gateway; `retryAfter` in seconds when the gateway named a time.
 */
export function verdictOnPush(reply, now = Date.now()) {
  if (reply.kind !== 'answer') return { ok: false, words: NO_ANSWER[reply.kind] };
  const { status, body, retryAfter } = reply;
  if (status === 200 && body.status === 'ok') {
    const until = Date.parse(body.cookies_expire);
    return {
      ok: true,
      words: until
        ? `The gateway has working cookies ${untilWords(until, now)} and renews them by itself.`
        : 'The gateway took the cookies.',
    };
  }
  return {
    ok: false,
    words: sentenceFor(status, retryAfter) + detailOf(body, status),
    aboutSession: [400, 413, 422].includes(status),
    retryAfter,
  };
}

/** What the gateway thinks of the cookies it has: `{ tone: 'good' | 'bad' | 'unknown', words }`. */
export function wordsForStatus(reply, now = Date.now()) {
  if (reply.kind !== 'answer') return { tone: 'unknown', words: 'no answer' };
  const { status, body } = reply;
  if (status === 401) return { tone: 'bad', words: 'refuses the admin key' };
  if (status !== 200 || typeof body.state !== 'string')
    return { tone: 'unknown', words: 'takes no cookies here' };
  const until = Date.parse(body.cookies_expire);
  switch (body.state) {
    case 'valid':
      return { tone: 'good', words: until ? `works, ${untilWords(until, now)}` : 'works' };
    case 'anonymous':
      return { tone: 'bad', words: 'has no cookies yet' };
    case 'session_rejected':
      return { tone: 'bad', words: 'needs a new session' };
    case 'upstream_error':
      return { tone: 'bad', words: 'has trouble reaching Strava' };
    default:
      return { tone: 'unknown', words: short(body.state) };
  }
}

const NO_ANSWER = {
  silence:
    'No answer from the gateway. Is it running, is the address right, and does this browser trust its certificate?',
  timeout: 'The gateway did not answer in time. Try again in a while.',
  redirect: 'This address leads on to another one. Enter the address that it leads to.',
};

function sentenceFor(status, retryAfter) {
  switch (status) {
    case 400:
      return 'The gateway did not understand the cookies.';
    case 401:
    case 403:
      return 'The gateway refused the admin key. Compare it with its ADMIN_KEY.';
    case 404:
      return 'The gateway takes no cookies at this address. Was it started with ADMIN_KEY, and is the address right?';
    case 413:
      return 'The cookies are too large for the gateway.';
    case 422:
      return 'Strava does not accept this session, so the gateway keeps the cookies it had. Log in at strava.com and push again.';
    case 429:
      return `Too many tries. Push again ${retryAfter ? `in ${retryAfter} s` : 'in a few minutes'}.`;
    case 502:
    case 503:
    case 504:
      return 'The gateway could not check the cookies, because Strava did not answer it properly. Try again later.';
    case 200:
      return 'Something answered, but not a gateway. Check the address.';
    default:
      return `The gateway answered with ${status}.`;
  }
}

/** The gateway's own explanation in quotes, where it adds something. */
function detailOf({ detail }, status) {
  if (typeof detail !== 'string' || detail === '' || EXPLAINED.includes(status)) return '';
  return ` It says: “${short(detail)}”`;
}

/** Here the sentence has said it all. */
const EXPLAINED = [401, 404, 422, 429];

function short(text) {
  return text.length > 240 ? `${text.slice(0, 239)}…` : text;
}
