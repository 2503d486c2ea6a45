export * from './upstream-client.js';
export * from './upstream-error.js';
export * from './tile-fetch.js';
export * from './tile-url.js';
export type { HeldTile, UpstreamTile } from './source-requests.js';
export { Waiters, type WaitingClient } from './waiters.js';
