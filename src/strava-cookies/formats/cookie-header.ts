/** `name=value; name=value`: a `Cookie` header, with or without its name, and the lines of an env file. */
import { KNOWN_COOKIES, SESSION_COOKIE, SESSION_SETTINGS } from '../cookie-names.js';
import type { FoundCookies } from './format.js';

const PAIR = /^\s*(?:export\s+|set\s+)?([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([^\s;]*)\s*$/;

/** Undefined if `text` does not begin with a cookie, or if a part that is no pair mentions a cookie of Strava. */
export function cookieHeader(text: string): FoundCookies | undefined {
  const parts = text
    .replace(/^(?:set-)?cookie:\s*/i, '')
    .split(/;|\r?\n/)
    .filter((part) => part.trim() !== '');
  const pairs = parts.map((part) => PAIR.exec(part));
  if (!pairs[0]) return undefined;
  if (parts.some((part, index) => !pairs[index] && KNOWN_COOKIES.some((name) => part.includes(name))))
    return undefined;
  const entries = pairs.flatMap((pair) => {
    if (!pair) return [];
    const [, name, value] = pair;
    if (!SESSION_SETTINGS.includes(name!)) return [{ name: name!, value: unquoted(value!), rest: {} }];
    return [{ name: SESSION_COOKIE, value: unquoted(value!).replace(`${SESSION_COOKIE}=`, ''), rest: {} }];
  });
  return { entries, passedOver: parts.length - entries.length };
}

function unquoted(value: string): string {
  return value.replace(/^(?:"(.*)"|'(.*)'|“(.*)”|‘(.*)’)$/, '$1$2$3$4');
}
