/** Finds the API key of a request, in every form that a client may use. Pure. */
import { KEY_FORM } from './key-file.js';

export interface KeyCarriers {
  /** Query parameters; a repeated name has an array of values. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The segment after `/k/`, if the path starts with it. */
  readonly path: string | undefined;
}

/**
 * Names of the query parameter. iD and Rapid keep `access_token` and `token` out of the public changesets that name the
 * background map, as they do for Mapbox and ArcGIS.
 */
export const KEY_PARAMETERS = ['key', 'access_token', 'token'] as const;

type Found =
  | { readonly key: string; readonly form: 'query'; readonly parameter: (typeof KEY_PARAMETERS)[number] }
  | { readonly key: string; readonly form: 'path' }
  | { readonly key: string; readonly form: 'header' };

export type PresentedKey =
  ({ readonly kind: 'one' } & Found) | { readonly kind: 'none' } | { readonly kind: 'several' };

/**
 * `?key=`, `?access_token=`, `?token=`, `/k/{key}/`, `X-API-Key` or `Authorization: Bearer`. Equal keys are one, in the
 * first of these forms; different ones are several. Other credentials in `Authorization`, the password of Basic or a token
 * that has not the form of a key, count only without any of these: a proxy may have authenticated the request with them.
 */
export function presentedKey({ query, headers, path }: KeyCarriers): PresentedKey {
  const found: Found[] = [];
  const names = Object.keys(query);
  for (const parameter of KEY_PARAMETERS)
    for (const name of names)
      if (name.toLowerCase() === parameter)
        for (const key of [query[name]].flat()) found.push({ key: String(key), form: 'query', parameter });
  if (path !== undefined) found.push({ key: path, form: 'path' });
  for (const key of [headers['x-api-key'] ?? []].flat()) found.push({ key, form: 'header' });
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(String(headers.authorization ?? '')) ?? [];
  const isBearer = scheme.toLowerCase() === 'bearer';
  if (isBearer && (KEY_FORM.test(credentials) || found.length === 0))
    found.push({ key: credentials, form: 'header' });
  if (scheme.toLowerCase() === 'basic' && found.length === 0)
    found.push({ key: basicPassword(credentials), form: 'header' });
  const [first] = found;
  if (!first) return { kind: 'none' };
  return found.every(({ key }) => key === first.key) ? { kind: 'one', ...first } : { kind: 'several' };
}

function basicPassword(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}
