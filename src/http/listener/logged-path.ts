/** The path of a request as the log may have it: without its query, and without anything that may be a key. Pure. */

/** Segments of guessed URLs are short; the keys of `keys add` and admin keys are longer. */
const MAX_UNKNOWN_SEGMENT = 15;
const MAX_UNKNOWN_PATH = 120;
const HIDDEN = '…';

/** A client that drops the "?" puts its key into the path. */
const withoutParameters = (path: string) => path.replace(/(key|token)=[^/]*/gi, '$1=');

/** The path of a known route, whose first segment is fixed. */
export function pathOfRoute(url: string): string {
  return withoutParameters(url.split('?', 1)[0]!);
}

/**
 * A path without a route, or with a variable first segment, may contain anything. Long segments and those that `isKey` are
 * hidden.
 */
export function pathOfUnknown(url: string, isKey: (segment: string) => boolean): string {
  const path = pathOfRoute(url)
    .split('/')
    .map((segment) => (segment.length > MAX_UNKNOWN_SEGMENT || isKey(segment) ? HIDDEN : segment))
    .join('/');
  return path.length > MAX_UNKNOWN_PATH ? `${path.slice(0, MAX_UNKNOWN_PATH)}${HIDDEN}` : path;
}
