/** Cookie files in every format, recognised by content. Pure; no error message contains a value from the file. */
import { parseJson } from '../../common/json/parse-json.js';
import type { CookieEntry } from './cookie-entry.js';
import { CookieFileError } from './cookie-file-error.js';
import { KNOWN_COOKIES, SESSION_COOKIE } from '../cookie-names.js';
import { isBareSession } from '../formats/bare-session.js';
import { cookieHeader } from '../formats/cookie-header.js';
import { cookieTable } from '../formats/cookie-table.js';
import { cookiesTxt } from '../formats/cookies-txt.js';
import type { Format, FoundCookies } from '../formats/format.js';
import { jsonExport } from '../formats/json-export.js';
import { pastedRequest } from '../formats/pasted-request.js';
import { setCookieLines } from '../formats/set-cookie-lines.js';
import { unwrap } from './unwrap.js';

const ACCEPTED =
  'accepted formats: a JSON array of {"name", "value"} objects or another JSON export, a Netscape cookies.txt, a ' +
  '"name=value; ..." header line, a request copied as cURL, or the value of _strava4_session alone';

/** In the order of their precision. */
const FORMATS: readonly Format[] = [
  jsonExport,
  setCookieLines,
  cookiesTxt,
  cookieTable,
  cookieHeader,
  pastedRequest,
];

/** A shorter word in a cookie file is no session. */
const SHORTEST_SESSION = 16;

/**
 * The cookies in `text`: of the first format that finds one of Strava's, else of the first that finds any. Throws a
 * {@link CookieFileError} that names what was found and what is accepted.
 */
export function parseCookies(text: string, { shortestSession = SHORTEST_SESSION } = {}): FoundCookies {
  try {
    return find(text, shortestSession);
  } catch (error) {
    if (!(error instanceof CookieFileError)) throw error;
    throw new CookieFileError(`${error.message}; ${ACCEPTED}`);
  }
}

function find(text: string, shortestSession: number): FoundCookies {
  const content = unwrap(text);
  if (content === '') throw new CookieFileError('the file is empty');
  const quoted = content.startsWith('"') ? parseJson(content) : undefined;
  if (typeof quoted === 'string') return find(quoted, shortestSession);
  if (content.length >= shortestSession && isBareSession(content))
    return { entries: [{ name: SESSION_COOKIE, value: content, rest: {} }], passedOver: 0 };
  let best: FoundCookies | undefined;
  for (const format of FORMATS) {
    const found = format(content);
    if (found?.entries.some(({ name }) => KNOWN_COOKIES.includes(name))) return found;
    best = best && best.entries.length > 0 ? best : (found ?? best);
  }
  if (!best || (best.entries.length === 0 && best.passedOver > 0))
    throw new CookieFileError(problemOf(content, best));
  return best;
}

function problemOf(content: string, found: FoundCookies | undefined): string {
  if (found) return 'the file is JSON, but contains no cookie';
  if (/\bfetch\(/.test(content))
    return 'the file is a request without cookies: "Copy as fetch" leaves them out, "Copy as cURL" includes them';
  return 'the file is neither JSON nor a list of cookies';
}

/**
 * The format of the exporter. `updates` replace values by name and keep the order; new names are appended, and so are
 * `otherSessions`.
 */
export function serializeCookies(
  entries: readonly CookieEntry[],
  updates: ReadonlyMap<string, string>,
  otherSessions: readonly string[] = [],
): string {
  const pending = new Map(updates);
  const kept = entries
    // Of several entries of an updated name only the first stays: the others are outdated.
    .filter(({ name }, index) => !updates.has(name) || entries.findIndex((e) => e.name === name) === index)
    .map(({ name, value, rest }) => {
      const update = pending.get(name);
      pending.delete(name);
      if (update === undefined || update === value) return { name, value, ...rest };
      const { expirationDate: _expired, ...attributes } = rest;
      return { name, value: update, ...attributes };
    });
  const added = [...pending].map(([name, value]) => ({ name, value }));
  const others = otherSessions.map((value) => ({ name: SESSION_COOKIE, value }));
  return `${JSON.stringify([...kept, ...added, ...others], null, 2)}\n`;
}
