/** A real Redis master with a replica, and three real Sentinels, on free ports. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { freePort } from './free-port.js';
import { startRedis, type RedisServer, type RedisSettings } from './redis-server.js';

export interface Sentinels {
  /** Name of the master. */
  readonly name: string;
  /** `host:port` of each. */
  readonly addresses: readonly string[];
  /** The first master, and its successor. */
  readonly servers: readonly [RedisServer, RedisServer];
  /** Port of the current master, as the Sentinels report it. */
  masterPort(): Promise<number>;
  /** Starts a failover from a healthy master to the replica. */
  failOver(): Promise<void>;
  /** Stops the first Sentinel: it accepts connections and does not answer. */
  hangOne(): void;
  close(): Promise<void>;
}

const NAME = 'heatmap-master';
const DOWN_AFTER_MS = 1000;

/** Resolves when a failover is possible: the Sentinels know each other and the replica. */
export async function startSentinels(): Promise<Sentinels> {
  const folder = await mkdtemp(join(tmpdir(), 'sentinels-'));
  // Replication transfers the data through a file.
  const server = (name: string, settings: RedisSettings = {}) =>
    startRedis({ dir: folder, dbfilename: `${name}.rdb`, masterauth: 'canary-redis-password', ...settings });
  const master = await server('one');
  const replica = await server('two', { replicaof: ['127.0.0.1', String(master.port)] });
  const ports = [await freePort(), await freePort(), await freePort()];
  const children = await Promise.all(ports.map((port) => startSentinel(folder, port, master)));
  const clients = ports.map((port) => new Redis({ port, host: '127.0.0.1' }));
  for (const client of clients) client.on('error', () => undefined);
  await eventually(
    async () => (await Promise.all(clients.map((client) => isComplete(client)))).every(Boolean),
    30_000,
  );
  return {
    name: NAME,
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    servers: [master, replica],
    async masterPort() {
      const address = (await clients.at(-1)!.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as string[];
      return Number(address[1]);
    },
    async failOver() {
      await clients.at(-1)!.call('SENTINEL', 'FAILOVER', NAME);
    },
    hangOne() {
      children[0]!.kill('SIGSTOP');
    },
    async close() {
      for (const client of clients) client.disconnect();
      for (const child of children) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      for (const server of [master, replica]) {
        server.resume();
        await server.kill();
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSentinel(folder: string, port: number, master: RedisServer): Promise<ChildProcess> {
  // A Sentinel writes its state into its configuration file.
  const file = join(folder, `${port}.conf`);
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 2`,
    `sentinel auth-pass ${NAME} ${master.password}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  for await (const chunk of child.stdout) if (String(chunk).includes('+monitor master')) break;
  child.once('exit', () => process.off('exit', killAtExit));
  return child;
}

async function isComplete(client: Redis): Promise<boolean> {
  const info = (await client.call('SENTINEL', 'MASTER', NAME)) as string[];
  const value = (field: string) => info[info.indexOf(field) + 1];
  return value('num-slaves') === '1' && value('num-other-sentinels') === '2' && value('flags') === 'master';
}
