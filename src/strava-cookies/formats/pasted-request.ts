/**
 * A request or another text that mentions Strava's cookies by name: what DevTools copies as cURL (bash, cmd), PowerShell and
 * fetch for Node.js, raw headers, commands of wget and HTTPie, and settings such as `STRAVA_SESSION: value`.
 */
import { attributes, type CookieEntry } from '../cookie-file/cookie-entry.js';
import { KNOWN_COOKIES, SESSION_COOKIE, SESSION_SETTINGS } from '../cookie-names.js';
import type { FoundCookies } from './format.js';

const NAME = `(?<![\\w.-])(?<name>${[...KNOWN_COOKIES, ...SESSION_SETTINGS].join('|')})`;
/** Strava's values are hexadecimal, base64 or tokens. A value that ends in another character is cut off. */
const VALUE = '(?<value>[A-Za-z0-9_~.%+/=-]+)(?=$|[\\s"\'`;,\\\\)}\\]&<>|])';
const MENTION = new RegExp(
  `${NAME}(?:["']?\\s*(?:[=:]|%3D)\\s*\\\\?["'\`]?|[\\t\\r\\n]+|\\s+(?=[\\w%+/=.~-]{16}))${VALUE}` +
    // PowerShell: New-Object System.Net.Cookie("name", "value", "/", ".strava.com")
    `|Cookie\\(\\s*["']${NAME.replace('name', 'netName')}["']\\s*,\\s*["']${VALUE.replace('value', 'netValue')}["']` +
    `(?:\\s*,\\s*["'][^"'\\n]*["']\\s*,\\s*["'](?<domain>[^"'\\n]*)["'])?`,
  'g',
);
/** The start of a request in a text with several. */
const REQUEST = /(?=^\s*(?:curl|wget|https?|await fetch|fetch|Invoke-WebRequest|GET|HEAD)\b)/m;
const HOST = /https?:\/\/([\w.-]+)|^:?(?:host|authority):?\s+([\w.-]+)/im;

export function pastedRequest(text: string): FoundCookies | undefined {
  const entries = withoutEscapes(text)
    .split(REQUEST)
    .flatMap((request) => {
      const [, fromUrl, fromHeader] = HOST.exec(request) ?? [];
      return mentions(request, fromUrl ?? fromHeader);
    });
  return entries.length === 0 ? undefined : { entries, passedOver: 0 };
}

function mentions(request: string, host: string | undefined): CookieEntry[] {
  return [...request.matchAll(MENTION)].map(({ groups = {} }) => {
    const name = (groups['name'] ?? groups['netName'])!;
    const value = (groups['value'] ?? groups['netValue'])!;
    const rest = attributes({ domain: groups['domain'] ?? host });
    return { name: SESSION_SETTINGS.includes(name) ? SESSION_COOKIE : name, value, rest };
  });
}

/** The escapes of cmd: Chrome puts `^` before characters, Firefox writes `"%"`. */
function withoutEscapes(text: string): string {
  return /\^["%]/.test(text) ? text.replaceAll(/\^([\s\S])/g, '$1') : text.replaceAll('"%"', '%');
}
