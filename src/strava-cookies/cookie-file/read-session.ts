/** A setting or secret file with a session. Pure. */
import type { Secret } from '../../common/secret.js';
import { chooseSessions } from '../choose-cookies.js';
import { CookieFileError } from './cookie-file-error.js';
import { parseCookies } from './cookie-file.js';

/**
 * The sessions in `text`, the first to be tried first. The value may stand alone, with its name, in quotes, or in any format of the
 * cookie file. Throws a {@link CookieFileError} that says what was found and what is accepted.
 */
export function readSessions(text: string, now: number): readonly Secret[] {
  const sessions = chooseSessions(parseCookies(text, { shortestSession: 1 }).entries, undefined, now);
  if (sessions.length > 0) return sessions;
  throw new CookieFileError(
    'it contains no valid session; accepted: the value of the cookie _strava4_session',
  );
}
