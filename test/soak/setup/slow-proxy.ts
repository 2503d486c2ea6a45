/** A TCP proxy that delivers what the server sends after a delay. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowProxy {
  readonly port: number;
  /** Number of deliveries to clients so far. */
  deliveries(): number;
  close(): Promise<void>;
}

export async function startSlowProxy(serverPort: number, delayMs: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  let deliveries = 0;
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) =>
      setTimeout(() => {
        deliveries++;
        if (client.writable) client.write(chunk);
      }, delayMs),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    deliveries: () => deliveries,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
