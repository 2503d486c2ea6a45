/** A real HAProxy or nginx in front of gateways, on a free port, with the configuration of docs/operations.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenced, textOf } from '../../monitoring/files.js';

export interface Proxy {
  readonly url: string;
  /** Everything on standard error so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  readonly port: number;
  /** Ports of the gateways, as many as in docs/operations.md. */
  readonly backends: readonly number[];
}

/**
 * `retries 0` without `option redispatch`: a request goes to one gateway, once; when the connection fails, the client gets 502
 * or 503. The default of HAProxy, and other proxies, connect again, which the drain of a gateway makes unnecessary.
 */
export function startHaproxy(options: ProxyOptions): Promise<Proxy> {
  const defaults = `
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 60s
  timeout server 60s
`;
  return start('haproxy', (file) => ['-db', '-f', file], defaults + recommended('haproxy', options), options);
}

/**
 * The default of nginx, which replaces health checks: a GET goes to the next gateway when the connection fails before the
 * first byte of the response. An incomplete response is not repeated.
 */
export function startNginx(options: ProxyOptions): Promise<Proxy> {
  const config = (folder: string) => `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr info;
events {}
http {
access_log off;
# The workers may run as a user without write access to the folder.
proxy_max_temp_file_size 0;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${recommended('nginx', options)}
}
`;
  return start('nginx', (file, folder) => ['-p', folder, '-e', 'stderr', '-c', file], config, options);
}

/** The configuration in docs/operations.md, with these ports in place of its addresses. */
function recommended(language: string, { port, backends }: ProxyOptions): string {
  const [block] = fenced(textOf('docs/operations.md'), language);
  if (block === undefined)
    throw new Error(`docs/operations.md has no code block in the language ${language}`);
  let shown = 0;
  const config = block
    .replaceAll(/\b10(?:\.\d+){3}:8080\b/g, () => `127.0.0.1:${backends[shown++]}`)
    .replace(/^( *)bind :80$/m, `$1bind 127.0.0.1:${port}`)
    .replace(/^( *)listen 80;$/m, `$1listen 127.0.0.1:${port};`);
  if (shown !== backends.length)
    throw new Error(`docs/operations.md has ${shown} gateways; expected ${backends.length}`);
  return `${config}\n`;
}

const START_DEADLINE_MS = 10_000;

async function start(
  program: string,
  argsOf: (file: string, folder: string) => readonly string[],
  config: string | ((folder: string) => string),
  { port }: ProxyOptions,
): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), `${program}-`));
  const file = join(folder, `${program}.conf`);
  await writeFile(file, typeof config === 'string' ? config : config(folder));
  const child = spawn(program, argsOf(file, folder), { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  // SIGTERM, because the workers of nginx survive a SIGKILL of the master process.
  const endAtExit = () => child.kill('SIGTERM');
  process.once('exit', endAtExit);
  const ended = once(child, 'exit').then(async () => {
    process.off('exit', endAtExit);
    await rm(folder, { recursive: true, force: true });
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await accepts(port))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill('SIGTERM');
      throw new Error(`${program} did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
