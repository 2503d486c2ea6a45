/** A real Redis on a free port, with a password and without persistence. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

export interface RedisServer {
  /** URL with the password. */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** Sends SIGKILL; all data is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port, without data. */
  restart(): Promise<void>;
  /** Stops the process: it accepts connections and does not answer until `resume`. */
  hang(): void;
  resume(): void;
}

/** Settings by their name in redis.conf; a list for several arguments. */
export type RedisSettings = Readonly<Record<string, string | number | readonly string[]>>;

const PASSWORD = 'canary-redis-password';

/** With the setting `tls-cert-file`, the server accepts TLS connections only. */
export async function startRedis(settings: RedisSettings = {}): Promise<RedisServer> {
  const port = await freePort();
  const tls = settings['tls-cert-file'] !== undefined;
  const all: RedisSettings = {
    ...(tls ? { port: 0, 'tls-port': port, 'tls-auth-clients': 'no' } : { port }),
    bind: '127.0.0.1',
    requirepass: PASSWORD,
    save: '',
    appendonly: 'no',
    ...settings,
  };
  let child = await start(all);
  return {
    url: `${tls ? 'rediss' : 'redis'}://default:${PASSWORD}@127.0.0.1:${port}`,
    port,
    password: PASSWORD,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    async restart() {
      child = await start(all);
    },
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

async function start(settings: RedisSettings): Promise<ChildProcess> {
  const args = Object.entries(settings).flatMap(([name, value]) => [
    `--${name}`,
    ...[value].flat().map(String),
  ]);
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes('Ready to accept')) return child;
  }
  throw new Error(`redis-server did not start:\n${output}`);
}
