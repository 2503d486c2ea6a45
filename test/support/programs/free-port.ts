import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Random } from '../run/random.js';

/** A port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Free ports of the loopback address below the range from which systems assign ports to outgoing connections: a process
 * that restarts can bind the same port again.
 */
export async function freePorts(count: number, random: Random): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempts = 0; ports.size < count; attempts++) {
    if (attempts > 100) throw new Error(`fewer than ${count} ports between 15000 and 30000 are free`);
    const port = 15_000 + random.below(15_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
