/** HAR, the archive of requests that the network panels of browsers export. */
import { z } from 'zod';
import { CookieFileError } from '../cookie-file/cookie-file-error.js';
import type { CookieEntry } from '../cookie-file/cookie-entry.js';
import { cookieHeader } from './cookie-header.js';

const COOKIES = z.array(z.looseObject({ name: z.string().min(1), value: z.string() })).catch([]);
const ENTRY = z.object({
  request: z.object({
    url: z.string().catch(''),
    cookies: COOKIES,
    headers: COOKIES,
  }),
  response: z.object({ cookies: COOKIES }).catch({ cookies: [] }),
});

export function isHar(object: Readonly<Record<string, unknown>>): boolean {
  return z.object({ log: z.object({ entries: z.array(z.unknown()) }) }).safeParse(object).success;
}

/** The cookies of all requests, each once. Throws a {@link CookieFileError} if they were left out of the export. */
export function harCookies(har: Readonly<Record<string, unknown>>): CookieEntry[] {
  const { entries } = har['log'] as { readonly entries: readonly unknown[] };
  const cookies = new Map<string, CookieEntry>();
  for (const entry of entries) {
    const { data } = ENTRY.safeParse(entry);
    if (!data) continue;
    const { url, headers, cookies: sent } = data.request;
    const domain = URL.canParse(url) ? new URL(url).hostname : undefined;
    const header = headers.filter(({ name }) => name.toLowerCase() === 'cookie').map(({ value }) => value);
    const listed = [...sent, ...data.response.cookies].map(({ name, value, ...rest }) => ({
      name,
      value,
      rest,
    }));
    for (const cookie of listed.length > 0 ? listed : (cookieHeader(header.join('; '))?.entries ?? [])) {
      const rest = domain === undefined ? cookie.rest : { domain, ...cookie.rest };
      cookies.set(JSON.stringify([cookie.name, cookie.value, rest['domain']]), { ...cookie, rest });
    }
  }
  if (cookies.size === 0)
    throw new CookieFileError('the HAR file contains no cookies; export it again with sensitive data');
  return [...cookies.values()];
}
