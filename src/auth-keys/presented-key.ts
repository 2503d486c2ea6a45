/** Finds the API key of a request, in every form that a client may use. Pure. */

export interface KeyCarriers {
  /** Query parameters; a repeated name has an array of values. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The segment after `/k/`, if the path starts with it. */
  readonly path: string | undefined;
}

export type PresentedKey =
  | { readonly kind: 'one'; readonly key: string; readonly form: 'query' | 'path' | 'header' }
  | { readonly kind: 'none' }
  | { readonly kind: 'several' };

/** `?key=`, `X-API-Key`, `Authorization: Bearer`, the password of Basic, or `/k/{key}/`; a request has at most one. */
export function presentedKey({ query, headers, path }: KeyCarriers): PresentedKey {
  const found: { key: string; form: 'query' | 'path' | 'header' }[] = [];
  for (const name in query)
    if (name.toLowerCase() === 'key')
      for (const key of [query[name]].flat()) found.push({ key: String(key), form: 'query' });
  if (path !== undefined) found.push({ key: path, form: 'path' });
  for (const key of [headers['x-api-key'] ?? []].flat()) found.push({ key, form: 'header' });
  const [, scheme, credentials] = /^(\S+) +(\S+)$/.exec(String(headers.authorization ?? '')) ?? [];
  if (scheme && credentials) {
    if (scheme.toLowerCase() === 'bearer') found.push({ key: credentials, form: 'header' });
    if (scheme.toLowerCase() === 'basic') found.push({ key: basicPassword(credentials), form: 'header' });
  }
  if (found.length > 1) return { kind: 'several' };
  return found[0] ? { kind: 'one', ...found[0] } : { kind: 'none' };
}

function basicPassword(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}
