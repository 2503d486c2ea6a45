import { createServer } from 'node:net';
import type { Random } from '../random.js';

/**
 * As many ports of the loopback address that nobody listens on, below those from which systems take the ports of
 * outgoing connections: they have to be free again after each restart.
 */
export async function freePorts(count: number, random: Random): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 100) throw new Error('there are no free ports between 15000 and 30000');
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
