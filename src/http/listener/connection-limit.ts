/** Closes connections beyond `MAX_CONNECTIONS`, and warns of it once a minute. */
import type { Server } from 'node:http';
import type { Log } from '../../common/log.js';

const WARNING_INTERVAL_MS = 60_000;

export function limitConnections(server: Server, max: number, log: Log): void {
  server.maxConnections = max;
  let silentUntil = 0;
  server.on('drop', () => {
    if (Date.now() < silentUntil) return;
    silentUntil = Date.now() + WARNING_INTERVAL_MS;
    log.warn({ max }, 'MAX_CONNECTIONS are open; new connections are closed at once');
  });
}
