/** The path of a request as the log may have it: without its query, and without anything that may be a key. Pure. */
import { HIDDEN, hideKeys } from '../../common/text/hide-keys.js';

type IsKey = (text: string) => boolean;

/** Segments of guessed URLs are short; the keys of `keys add` and admin keys are longer. */
const MAX_UNKNOWN_SEGMENT = 15;
const MAX_UNKNOWN_PATH = 120;

/** The path of a known route. A client may have put its key in place of a parameter, or have dropped the "?" before it. */
export function pathOfRoute(url: string, isKey: IsKey): string {
  return hideKeys(url.split('?', 1)[0]!).replace(/[\w-]+/g, (word) => (isKey(word) ? HIDDEN : word));
}

/** A path without a route, or with a variable first segment, may contain anything: long segments are hidden. */
export function pathOfUnknown(url: string, isKey: IsKey): string {
  const path = pathOfRoute(url, isKey)
    .split('/')
    .map((segment) => (segment.length > MAX_UNKNOWN_SEGMENT ? HIDDEN : segment))
    .join('/');
  return path.length > MAX_UNKNOWN_PATH ? `${path.slice(0, MAX_UNKNOWN_PATH)}${HIDDEN}` : path;
}

/** A sentence for the client, which may quote words of the request. */
export function loggedProblem(problem: string, isKey: IsKey): string {
  return problem.replace(/".*"/s, (input) =>
    input.replace(/[\w-]+/g, (word) => (isKey(word) ? HIDDEN : word)),
  );
}
