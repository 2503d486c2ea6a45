/** Request IDs: each log line has one, and so has each error response (`X-Request-Id`). */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config/index.js';

/** The forms that proxies generate: UUID, hexadecimal, base64url. */
const PROXY_ID = /^[\w.-]{1,64}$/;

/** A trusted proxy may set the ID (`X-Request-Id`); else it is random. */
export function requestIds({ trustProxy }: Pick<Config, 'trustProxy'>): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && PROXY_ID.test(given) && trustProxy.trusts(socket.remoteAddress ?? '', 0))
      return given;
    // Random, not a counter, which would reveal the number of requests.
    return randomUUID();
  };
}
