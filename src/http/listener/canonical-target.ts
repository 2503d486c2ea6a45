/** The canonical form of a request target and its query: clients join URLs in ways that do not change their meaning. Pure. */
import { parse } from 'node:querystring';

/** Start of the query. A client that appends parameters to a URL without a query may use "&" instead of "?". */
const QUERY_START = /[?#]|&(?:amp;)?(?=[\w-]+=)/i;

/**
 * `target` with single slashes, `@` for `%40`, and `?` before its query; nothing else is decoded. An OGC request to the
 * base URL becomes one to `/wmts`. Call it before routing, so that every check sees the URL that the route sees.
 */
export function canonicalTarget(target: string): string {
  // A target in absolute form is refused later as it is.
  if (!target.startsWith('/') || !/\/\/|[?&%]/.test(target)) return target;
  const start = target.search(QUERY_START);
  const path = (start < 0 ? target : target.slice(0, start)).replace(/\/{2,}/g, '/').replaceAll('%40', '@');
  const query = start < 0 ? '' : target.slice(start).replace(/^&(?:amp;)?/i, '?');
  const ogc = path === '/' && /[?&;](?:%3F)?(?:service|request)=/i.test(query);
  return `${ogc ? '/wmts' : path}${query}`;
}

/**
 * A second "?", the "&amp;" of HTML, ";" before a name, and an encoded "?" at the start of a name. No parameter has a value with
 * these characters.
 */
const JOINS = /\?|&amp(?:;|%3B)|;(?=[\w-]+=)|(?<=^|[&?;])%3F(?=[\w-]+=)/gi;

/** The parameters of a query; a repeated name has an array of values. Malformed percent-encoding stays as it is. */
export function parseQuery(query: string): Record<string, unknown> {
  return parse(query.replace(JOINS, '&'), '&', '=', { maxKeys: 0, decodeURIComponent: decoded });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
