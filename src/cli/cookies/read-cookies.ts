/** Reads a cookie file of any supported format. */
import { readFile } from 'node:fs/promises';
import {
  CookieFileError,
  parseCookies,
  type CookieEntry,
  SESSION_COOKIE,
} from '../../strava-cookies/index.js';
import { CommandFailure } from '../command.js';
import { KNOWN_COOKIES } from './cookie-count.js';
import { EXIT } from '../exit-code.js';

/** Throws a {@link CommandFailure} that names the file and says what is accepted. */
export async function readCookies(path: string): Promise<CookieEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(EXIT.failed, `${path} cannot be read (${code ?? 'unknown'})`);
  }
  try {
    return entriesOf(text);
  } catch (error) {
    if (!(error instanceof CookieFileError)) throw error;
    throw new CommandFailure(EXIT.failed, `${path}: ${error.message}`);
  }
}

/** As `parseCookies`; a single word that is no known cookie is the value of the session alone. */
function entriesOf(text: string): CookieEntry[] {
  const word = /^\uFEFF?\s*([\x21\x23-\x3a\x3c-\x5a\x5c-\x7a\x7c-\x7e]{16,})\s*$/.exec(text)?.[1];
  if (word !== undefined && !KNOWN_COOKIES.some((name) => word.startsWith(`${name}=`)))
    return [{ name: SESSION_COOKIE, value: word, rest: {} }];
  return parseCookies(text);
}
