/** What the listeners take from a client before they cut it off. */

import type { Server } from 'node:http';
import type { Log } from '../../common/log.js';

/** All headers and the address of a request together. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** Bodies go to /admin alone: an export of all cookies of a browser fits. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Options of `node:http`, for every listener. */
export const SERVER_LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  /** Until the headers are there, counted from the connection or from the first byte on one that is kept. */
  headersTimeout: 10_000,
  /** Until the whole request is there. */
  requestTimeout: 30_000,
  /** How often those two are looked at. */
  connectionsCheckingInterval: 1000,
  /** Above what balancers keep, so that it is they who close idle connections. */
  keepAliveTimeout: 75_000,
  // A request without Host is answered in our own words where a document needs one.
  requireHostHeader: false,
} as const;

const WARNING_INTERVAL_MS = 60_000;

/** Connections beyond `max` are closed as soon as they are made; the log tells so once a minute. */
export function limitConnections(server: Server, max: number, log: Log): void {
  server.maxConnections = max;
  let silentUntil = 0;
  server.on('drop', () => {
    if (Date.now() < silentUntil) return;
    silentUntil = Date.now() + WARNING_INTERVAL_MS;
    log.warn({ max }, 'MAX_CONNECTIONS are open; further ones are closed at once');
  });
}
