/** The formats of cookie files, recognised by content. Pure; no error message contains a value from the file. */
import { z } from 'zod';
import { parseJson } from '../common/parse-json.js';

/** One cookie of a file; `rest` is every other attribute of its entry, which is preserved. */
export interface CookieEntry {
  readonly name: string;
  readonly value: string;
  readonly rest: Readonly<Record<string, unknown>>;
}

export class CookieFileError extends Error {
  override readonly name = 'CookieFileError';
}

const ACCEPTED =
  'accepted formats: a JSON array of {"name", "value"} objects (from the exporter or Cookie-Editor), a "name=value; ..." ' +
  'header line, or a Netscape cookies.txt';

const ENTRIES = z.array(z.looseObject({ name: z.string().min(1), value: z.string() }));

/** Throws a {@link CookieFileError} that names what was found and what is accepted. */
export function parseCookies(text: string): CookieEntry[] {
  const content = text.trim();
  if (content === '') throw new CookieFileError(`the file is empty; ${ACCEPTED}`);
  if (/^[[{"]/.test(content)) return parseExport(content);
  if (content.split(/\r?\n/).some((line) => line.split('\t').length >= 7)) return parseNetscape(content);
  return parseHeader(content);
}

function parseExport(content: string): CookieEntry[] {
  const json = parseJson(content);
  if (json === undefined) throw new CookieFileError(`the file looks like JSON, but is broken; ${ACCEPTED}`);
  if (!Array.isArray(json)) throw new CookieFileError(`the file is JSON, but not an array; ${ACCEPTED}`);
  const entries = ENTRIES.safeParse(json);
  if (!entries.success) {
    const at = entries.error.issues[0]?.path.join('.') ?? '';
    throw new CookieFileError(`entry ${at} of the JSON array is not a cookie; ${ACCEPTED}`);
  }
  return entries.data.map(({ name, value, ...rest }) => ({ name, value, rest }));
}

/** Seven columns: domain, includeSubdomains, path, secure, expiry, name, value; a line with the prefix `#HttpOnly_` is not a comment. */
function parseNetscape(content: string): CookieEntry[] {
  return content
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && (!line.startsWith('#') || line.startsWith('#HttpOnly_')))
    .map((line, index) => {
      const [domain, , path, secure, expiry, name, ...value] = line.split('\t');
      if (!name)
        throw new CookieFileError(`cookie ${index + 1} of the cookies.txt lacks columns; ${ACCEPTED}`);
      const httpOnly = domain!.startsWith('#HttpOnly_');
      const rest = {
        domain: domain!.replace('#HttpOnly_', ''),
        path,
        secure: secure === 'TRUE',
        httpOnly,
        ...(Number(expiry) > 0 && Number.isFinite(Number(expiry)) ? { expirationDate: Number(expiry) } : {}),
      };
      return { name, value: value.join('\t').trim(), rest };
    });
}

function parseHeader(content: string): CookieEntry[] {
  const pairs = content
    .replace(/^cookie:\s*/i, '')
    .split(/;\s*/)
    .filter((pair) => pair.trim() !== '');
  return pairs.map((pair) => {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([^\s;]*)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new CookieFileError(`the file is neither JSON nor a list of cookies; ${ACCEPTED}`);
    return { name, value: value.replace(/^"(.*)"$/, '$1'), rest: {} };
  });
}

/** The format of the exporter. `updates` replace values by name and keep the order; new names are appended. */
export function serializeCookies(
  entries: readonly CookieEntry[],
  updates: ReadonlyMap<string, string>,
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
  return `${JSON.stringify([...kept, ...added], null, 2)}\n`;
}
