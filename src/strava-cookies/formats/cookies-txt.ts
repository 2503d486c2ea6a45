/**
 * Netscape `cookies.txt`, as curl, wget, yt-dlp, "Get cookies.txt LOCALLY" and Cookie-Editor write it. Seven columns: domain,
 * includeSubdomains, path, secure, expiry, name, value. A line with the prefix `#HttpOnly_` is not a comment.
 */
import { attributes, type CookieEntry } from '../cookie-file/cookie-entry.js';
import type { FoundCookies } from './format.js';

const FLAG = /^(?:TRUE|FALSE)$/i;

export function cookiesTxt(text: string): FoundCookies | undefined {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && (!line.startsWith('#') || line.startsWith('#HttpOnly_')));
  const entries = lines.flatMap((line) => cookieOf(columnsOf(line)) ?? []);
  return entries.length === 0 ? undefined : { entries, passedOver: lines.length - entries.length };
}

/** Editors replace tabs by spaces; no column but the value can contain a space. */
function columnsOf(line: string): string[] {
  const columns = line.split('\t');
  return columns.length >= 6 ? columns : line.trim().split(/\s+/);
}

function cookieOf([domain, subdomains, path, secure, expiry, name, ...value]: string[]):
  CookieEntry | undefined {
  if (!domain || !name || !FLAG.test(subdomains!.trim()) || !FLAG.test(secure!.trim())) return undefined;
  return {
    name: name.trim(),
    value: value.join('\t').trim(),
    rest: attributes({
      domain: domain.replace('#HttpOnly_', ''),
      path,
      secure: secure!.trim().toUpperCase() === 'TRUE',
      httpOnly: domain.startsWith('#HttpOnly_'),
      expires: Number(expiry),
    }),
  };
}
