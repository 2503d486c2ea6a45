/** The path form of a key, `/k/{key}/...`, for clients that cannot add a query. Pure but for the note on the request. */
import type { IncomingMessage } from 'node:http';

const PATH_KEY = Symbol('key of the path');
type Noted = IncomingMessage & { [PATH_KEY]?: string };

/** The target without `/k/{key}`; the key is noted on the request. To be called before routing, so that nobody logs it. */
export function takeKeyFromPath(request: IncomingMessage): string {
  const [, key, rest] = /^\/k(?:\/([^/?#]*))?(?=[/?#]|$)(.*)$/s.exec(request.url ?? '') ?? [];
  if (rest === undefined) return request.url ?? '/';
  (request as Noted)[PATH_KEY] = key ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

export function keyOfPath(request: IncomingMessage): string | undefined {
  return (request as Noted)[PATH_KEY];
}
