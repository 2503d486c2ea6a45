/** `Set-Cookie: ...` lines of a response, and `Set-Cookie3: ...` lines of Python's LWPCookieJar and Perl's HTTP::Cookies. */
import { attributes, type CookieEntry } from '../cookie-file/cookie-entry.js';
import type { FoundCookies } from './format.js';

/** curl and browsers put `<`, `*` or spaces before the lines of a response. */
const LINE = /^[<*\s]*set-cookie3?:\s*(\S.*)$/i;

export function setCookieLines(text: string): FoundCookies | undefined {
  const lines = text.split(/\r?\n/).flatMap((line) => LINE.exec(line)?.[1] ?? []);
  const entries = lines.flatMap((line) => cookieOf(line) ?? []);
  return entries.length === 0 ? undefined : { entries, passedOver: lines.length - entries.length };
}

function cookieOf(line: string): CookieEntry | undefined {
  const [pair, ...others] = line.split(';').map((part) => {
    const [name, ...value] = part.split('=');
    return [
      name!.trim(),
      value
        .join('=')
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    ] as const;
  });
  const [name, value] = pair!;
  if (name === '') return undefined;
  const found = new Map(others.map(([key, said]) => [key.toLowerCase(), said]));
  const rest = attributes({
    domain: found.get('domain'),
    path: found.get('path'),
    secure: found.has('secure'),
    httpOnly: found.has('httponly'),
    expires: found.get('expires'),
  });
  return { name, value, rest };
}
