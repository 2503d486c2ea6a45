/** API keys in the path, `/k/{key}/...`, for clients that cannot add a query. Pure, except for a property of the request. */
import type { IncomingMessage } from 'node:http';

const PATH_KEY = Symbol('key of the path');
type WithKey = IncomingMessage & { [PATH_KEY]?: string };

/** Returns the target without `/k/{key}` and stores the key on the request. Call it before routing, so that no log contains the key. */
export function takeKeyFromPath(request: IncomingMessage): string {
  const [, key, rest] = /^\/+k(?:\/([^/?#]*))?(?=[/?#]|$)(.*)$/s.exec(request.url ?? '') ?? [];
  if (rest === undefined) return request.url ?? '/';
  (request as WithKey)[PATH_KEY] = key ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

export function keyOfPath(request: IncomingMessage): string | undefined {
  return (request as WithKey)[PATH_KEY];
}
