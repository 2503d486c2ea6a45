/**
 * JSON with cookies, in the shapes that these programs write:
 *
 * - `[{"name", "value", ...}]`: this exporter, Cookie-Editor, EditThisCookie, Selenium (`get_cookies`), Puppeteer (`page.cookies`)
 * - `[{"Name raw", "Content raw", "Host raw", ...}]`: Cookie Quick Manager
 * - `[{"Name", "Value", "Domain", ...}]`: .NET, PowerShell
 * - `{"cookies": [{"name", "value"}], "origins": [...]}`: Playwright (`storageState`), J2TEAM Cookies, HTTPie
 * - `{"result": {"cookies": [...]}}`: Chrome DevTools Protocol (`Network.getAllCookies`)
 * - `{"cookies": [{"key", "value"}]}`: tough-cookie
 * - `{"Request Cookies": {"name": "value"}}`: Firefox, network panel
 * - `{"log": {"entries": [...]}}`: HAR
 * - `{"name": "value"}`: scripts; one JSON object a line: log tools
 */
import { parseJson } from '../../common/json/parse-json.js';
import { JsonError, readJson } from '../../common/json/relaxed-json.js';
import { CookieFileError } from '../cookie-file/cookie-file-error.js';
import { attributes, type CookieEntry } from '../cookie-file/cookie-entry.js';
import { KNOWN_COOKIES } from '../cookie-names.js';
import { harCookies, isHar } from './har.js';
import type { FoundCookies } from './format.js';

/** Maximum number of objects and arrays around a cookie. */
const MAX_DEPTH = 12;
/** Storage of a web page, whose entries have the form of cookies. */
const NOT_COOKIES = ['origins', 'localStorage', 'sessionStorage'];

type JsonObject = Readonly<Record<string, unknown>>;

/** Throws a {@link CookieFileError} if `text` looks like JSON and is not. */
export function jsonExport(text: string): FoundCookies | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  const json = parsed(text);
  const entries: CookieEntry[] = [];
  let passedOver = 0;
  const collect = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) passedOver++;
    else if (Array.isArray(value)) for (const element of value) collect(element, depth + 1);
    else if (!isObject(value)) passedOver++;
    else {
      const cookie = cookieOf(value);
      const found = cookie ? [cookie] : isHar(value) ? harCookies(value) : pairsOf(value);
      const inner = found.length > 0 ? [] : wrapped(value);
      entries.push(...found);
      for (const each of inner) collect(each, depth + 1);
      if (found.length + inner.length === 0) passedOver++;
    }
  };
  collect(json, 0);
  return { entries, passedOver, ...(isObject(json) && { foreign: true }) };
}

function parsed(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const lines = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parseJson);
    if (lines.every((line) => line !== undefined)) return lines;
    throw new CookieFileError(`the file looks like JSON, but is broken: ${error.message}`);
  }
}

function cookieOf(object: JsonObject): CookieEntry | undefined {
  const { name, value, ...rest } = object;
  if (typeof name === 'string' && name !== '' && isText(value)) return { name, value: String(value), rest };
  const lower = new Map(Object.entries(object).map(([key, each]) => [key.toLowerCase(), each]));
  const first = (...keys: string[]) => keys.map((key) => lower.get(key)).find((each) => each !== undefined);
  const text = (...keys: string[]) => {
    const found = first(...keys);
    return typeof found === 'string' ? found : undefined;
  };
  const otherName = text('name raw', 'name', 'key');
  const otherValue = first('content raw', 'value');
  if (!otherName || !isText(otherValue)) return undefined;
  const expires = first('expires raw', 'expires', 'expirationdate', 'expiry');
  const found = { domain: text('host raw', 'domain', 'host'), path: text('path raw', 'path'), expires };
  return { name: otherName, value: String(otherValue), rest: attributes(found) };
}

/** The properties of an object from names to values, if one of them is a cookie of Strava. */
function pairsOf(object: JsonObject): CookieEntry[] {
  const valueOf = (value: unknown) => (isObject(value) ? value['value'] : value);
  if (!KNOWN_COOKIES.some((name) => Object.hasOwn(object, name) && isText(valueOf(object[name])))) return [];
  return Object.entries(object).flatMap(([name, each]) => {
    const value = valueOf(each);
    return isText(value) ? [{ name, value: String(value), rest: {} }] : [];
  });
}

/** The parts of a wrapper that may contain cookies. */
function wrapped(object: JsonObject): unknown[] {
  if (typeof object['cookies'] === 'object' && object['cookies'] !== null) return [object['cookies']];
  return Object.entries(object)
    .filter(([name, value]) => !NOT_COOKIES.includes(name) && typeof value === 'object' && value !== null)
    .map(([, value]) => value);
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
