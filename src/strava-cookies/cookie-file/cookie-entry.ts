/** One cookie of a cookie file, and what its attributes say. Pure. */
export interface CookieEntry {
  readonly name: string;
  readonly value: string;
  /** Every other attribute, which is preserved. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Domain without a leading dot; undefined if the entry has none. Some programs write a URL. */
export function domainOf({ rest }: CookieEntry): string | undefined {
  const domain = rest['domain'] ?? rest['host'];
  if (typeof domain !== 'string') return undefined;
  const [, host] = /^(?:https?:\/\/)?\.?([^/:]+)/i.exec(domain) ?? [];
  return host?.toLowerCase();
}

/** Milliseconds since the epoch; undefined for a cookie that lasts until the browser is closed. */
export function expiryOf({ rest }: CookieEntry): number | undefined {
  return expiryTime(rest['expirationDate'] ?? rest['expires'] ?? rest['expiry']);
}

/** Reads seconds, milliseconds, or a date; programs write each of them. Undefined if `value` is none, or not positive. */
export function expiryTime(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) {
    // A number of seconds from 1e11 on is after the year 5000.
    const ms = number < 1e11 ? number * 1000 : number;
    return ms > 0 ? ms : undefined;
  }
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time > 0 ? time : undefined;
}

/** The attributes of a format that names them otherwise, in the names of the exporter. Absent ones are left out. */
export function attributes(found: {
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  readonly secure?: boolean | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly expires?: unknown;
}): Record<string, unknown> {
  const { domain, path, secure, httpOnly } = found;
  const expires = expiryTime(found.expires);
  const all = {
    domain,
    path,
    secure,
    httpOnly,
    expirationDate: expires === undefined ? undefined : expires / 1000,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
