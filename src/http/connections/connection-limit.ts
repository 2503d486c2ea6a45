/** Closes connections beyond `MAX_CONNECTIONS` and `MAX_CONNECTIONS_PER_ADDRESS`, and warns of each once a minute. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { Log } from '../../common/log.js';
import { isLoopbackAddress } from '../../common/net/loopback.js';

const WARNING_INTERVAL_MS = 60_000;

export interface ConnectionLimits {
  readonly max: number;
  /** For IPv6, of a /64. Connections from this machine are not counted. */
  readonly maxPerAddress: number;
  /** Whether the address is a proxy, whose connections serve many clients: it is not counted either. */
  readonly isProxy: (address: string) => boolean;
}

export function limitConnections(server: Server, limits: ConnectionLimits, log: Log): void {
  const { max, maxPerAddress, isProxy } = limits;
  const warnOfAll = onceAMinute(() =>
    log.warn({ max }, 'MAX_CONNECTIONS are open; new connections are closed at once'),
  );
  const warnOfOne = onceAMinute(() =>
    log.warn(
      { max: maxPerAddress },
      'MAX_CONNECTIONS_PER_ADDRESS are open from one address; its new connections are closed at once. If it is a proxy, name it in TRUST_PROXY',
    ),
  );
  const open = new Map<string, number>();
  server.maxConnections = max;
  server.on('drop', warnOfAll);
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (address === '' || isLoopbackAddress(address) || isProxy(address)) return;
    const subject = normalizeIP(address);
    const count = open.get(subject) ?? 0;
    if (count >= maxPerAddress) {
      socket.destroy();
      warnOfOne();
      return;
    }
    open.set(subject, count + 1);
    socket.once('close', () => {
      const rest = open.get(subject)! - 1;
      if (rest === 0) open.delete(subject);
      else open.set(subject, rest);
    });
  });
}

function onceAMinute(warn: () => void): () => void {
  let silentUntil = 0;
  return () => {
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + WARNING_INTERVAL_MS;
    warn();
  };
}
