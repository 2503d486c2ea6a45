/** A name for each request, by which its log line is found: the answer to a failed one tells it as well. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config/index.js';

/** As proxies make them: UUIDs, hexadecimal, base64url. */
const PROXY_ID = /^[\w.-]{1,64}$/;

/** Gives the next name; a proxy that is trusted may have named the request already (`X-Request-Id`). */
export function requestIds({ trustProxy }: Pick<Config, 'trustProxy'>): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && PROXY_ID.test(given) && trustProxy.trusts(socket.remoteAddress ?? '', 0))
      return given;
    // Not counted: the number of requests is nobody's business.
    return randomUUID();
  };
}
