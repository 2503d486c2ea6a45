/**
 * A table of cookies: rows copied from the storage panel of a browser (name, value, domain, path, expiry, ...), or CSV and TSV
 * with a line of column names.
 */
import { attributes, type CookieEntry } from '../cookie-file/cookie-entry.js';
import type { FoundCookies } from './format.js';

/** The order in which Chrome, Edge, Firefox and Safari show the columns. */
const PANEL_COLUMNS = ['name', 'value', 'domain', 'path', 'expires'];
const DOMAIN = /^\.?(?:[a-z0-9-]+\.)+[a-z0-9-]+$|^localhost$/i;
const SEPARATORS = ['\t', ',', ';', '|'];

export function cookieTable(text: string): FoundCookies | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const separator = SEPARATORS.find((each) => headingOf(cells(lines[0]!, each)));
  const heading = separator === undefined ? undefined : headingOf(cells(lines[0]!, separator));
  const rows = (heading ? lines.slice(1) : lines).map((line) => cells(line, separator ?? '\t'));
  const entries = rows.flatMap((row) => cookieOf(row, heading ?? PANEL_COLUMNS, heading !== undefined) ?? []);
  return entries.length === 0 ? undefined : { entries, passedOver: rows.length - entries.length };
}

/** Names of the columns in lower case, if there is one for the name and one for the value. */
function headingOf(row: readonly string[]): string[] | undefined {
  const names = row.map((cell) =>
    cell
      .toLowerCase()
      .replace(/^(?:content|cookie value)$/, 'value')
      .replace(/^(?:cookie name|key)$/, 'name')
      .replace(/^host.*/, 'domain')
      .replace(/^(?:expir.*)/, 'expires'),
  );
  return names.includes('name') && names.includes('value') ? names : undefined;
}

function cells(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Without a heading, only the domain and the path show that a row is a cookie. */
function cookieOf(
  row: readonly string[],
  columns: readonly string[],
  named: boolean,
): CookieEntry | undefined {
  const at = (column: string) => row[columns.indexOf(column)];
  const [name, value, domain, path] = ['name', 'value', 'domain', 'path'].map(at);
  if (!name || value === undefined) return undefined;
  if (!named && !(DOMAIN.test(domain ?? '') && path?.startsWith('/'))) return undefined;
  return { name, value, rest: attributes({ domain, path, expires: at('expires') }) };
}
