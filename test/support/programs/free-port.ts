import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Systems assign ports above this range to outgoing connections. */
const FIRST_PORT = 15_000;
const PORTS = 15_000;

/** A free port of the loopback address, as {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/**
 * Free ports of the loopback address below the range from which systems assign ports to outgoing connections: a process
 * that starts later, or restarts, can bind them. `below` gives a random whole number below its argument.
 */
export async function freePorts(
  count: number,
  below: (bound: number) => number = randomInt,
): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempts = 0; ports.size < count; attempts++) {
    if (attempts > 100) throw new Error(`fewer than ${count} ports from ${FIRST_PORT} on are free`);
    const port = FIRST_PORT + below(PORTS);
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
