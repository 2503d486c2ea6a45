/** Limits of `node:http` for every listener. Times are in milliseconds. */

/** Request target and headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Only /admin reads bodies: an export of every cookie of a browser fits. */
export const MAX_BODY_BYTES = 256 * 1024;

export const SERVER_LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  /** To the end of the headers; starts with the connection, or with the first byte of a later request on it. */
  headersTimeout: 10_000,
  /** To the end of the request. */
  requestTimeout: 30_000,
  /** How often Node checks the two timeouts above. */
  connectionsCheckingInterval: 1000,
  /** Longer than load balancers keep idle connections, so that they close them first. */
  keepAliveTimeout: 75_000,
  // Only documents need a Host header, and answer a missing one with a problem of their own.
  requireHostHeader: false,
} as const;
