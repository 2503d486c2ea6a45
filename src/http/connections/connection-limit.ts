/** Closes connections beyond `MAX_CONNECTIONS` and `MAX_CONNECTIONS_PER_ADDRESS`. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import { isLoopbackAddress } from '../../common/net/loopback.js';
import type { ClosedConnections } from './closed-connections.js';

export interface ConnectionLimits {
  readonly max: number;
  /** For IPv6, of a /64. Connections from this machine are not counted. */
  readonly maxPerAddress: number;
  /** Whether the address is a proxy, whose connections serve many clients: it is not counted either. */
  readonly isProxy: (address: string) => boolean;
}

export function limitConnections(server: Server, limits: ConnectionLimits, closed: ClosedConnections): void {
  const { max, maxPerAddress, isProxy } = limits;
  const open = new Map<string, number>();
  server.maxConnections = max;
  server.on('drop', () =>
    closed.add('max_connections', { max }, 'MAX_CONNECTIONS are open; new connections are closed at once'),
  );
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (address === '' || isLoopbackAddress(address) || isProxy(address)) return;
    const subject = normalizeIP(address);
    const count = open.get(subject) ?? 0;
    if (count >= maxPerAddress) {
      socket.destroy();
      closed.add(
        'max_connections_per_address',
        { max: maxPerAddress },
        'MAX_CONNECTIONS_PER_ADDRESS are open from one address; its new connections are closed at once. If it is a proxy, name it in TRUST_PROXY',
      );
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
