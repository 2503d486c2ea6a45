/** Conditional requests (RFC 9110, 13). Pure. */
import type { FastifyRequest } from 'fastify';

/**
 * Whether the client has the representation already. `If-Modified-Since` counts only without `If-None-Match` (13.2.2). The
 * other conditions have no effect: `If-Match` and `If-Unmodified-Since` protect changes, and ranges are not supported.
 */
export function isNotModified(
  headers: FastifyRequest['headers'],
  { etag, lastModified }: { readonly etag: string; readonly lastModified?: string | undefined },
): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) return matchesEtag(known, etag);
  const since = headers['if-modified-since'];
  if (since === undefined || lastModified === undefined) return false;
  // False for a date that is not valid: NaN compares as false.
  return httpDate(lastModified) <= httpDate(since);
}

const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const TIME = String.raw`(?<time>\d\d:\d\d:\d\d)`;
/** IMF-fixdate, and the obsolete forms of RFC 850 and asctime (5.6.7). */
const DATES = [
  String.raw`\w{3}, (?<day>\d\d) (?<month>${MONTHS}) (?<year>\d{4}) ${TIME} GMT`,
  String.raw`\w{6,9}, (?<day>\d\d)-(?<month>${MONTHS})-(?<year>\d\d) ${TIME} GMT`,
  String.raw`\w{3} (?<month>${MONTHS}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((pattern) => new RegExp(`^${pattern}$`));

/** Milliseconds since the epoch; NaN for text that is no HTTP date. */
export function httpDate(text: string): number {
  const parts = DATES.map((date) => date.exec(text.trim())?.groups).find((groups) => groups !== undefined);
  if (!parts) return Number.NaN;
  const { month, time } = parts as Record<'month' | 'time', string>;
  const date = `${parts.day!.trim().padStart(2, '0')} ${month} ${fullYear(parts.year!)} ${time} GMT`;
  const parsed = Date.parse(date);
  // Date.parse moves 31 Feb to March.
  return !Number.isNaN(parsed) && new Date(parsed).toUTCString().endsWith(date) ? parsed : Number.NaN;
}

/** A year of two digits that would be more than 50 years ahead is in the past (5.6.7). */
function fullYear(year: string): string {
  if (year.length === 4) return year;
  const now = new Date().getUTCFullYear();
  const inThisCentury = now - (now % 100) + Number(year);
  return String(inThisCentury > now + 50 ? inThisCentury - 100 : inThisCentury);
}

/** Whether `If-None-Match` names `etag` (RFC 9110, 13.1.2: weak comparison, a list, or `*`). */
function matchesEtag(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
