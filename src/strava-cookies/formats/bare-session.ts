/** The value of `_strava4_session` alone. */
import { KNOWN_COOKIES } from '../cookie-names.js';
import { isCookieValue } from '../cookie-value.js';

/** Whether `text` can be the value of a session: without the name of a cookie or header, quotes or brackets. `=` stands only where base64 has it. */
export function isBareSession(text: string): boolean {
  const isWord = isCookieValue(text) && !/["'`,\\[\]{}<>]|=(?![=-]|$)/.test(text);
  return isWord && !/^(?:set-)?cookie:/i.test(text) && !KNOWN_COOKIES.some((name) => text.includes(name));
}
