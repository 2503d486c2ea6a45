/** The built gateway as a process of its own (`node dist/main.js`) in front of a simulator, for tests that wear it out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Simulator } from '../simulator/simulator.js';

export interface GatewayProcessOptions {
  /** Environment variables beyond those that point at the simulator. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of the cookie file; none is written when left out. */
  readonly cookies?: unknown;
  /** Content of the key file, which is set when given. */
  readonly keys?: unknown;
  /** Told of every line of the log, which is not kept. */
  readonly onLog?: (line: string) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly url: string;
  readonly managementUrl: string | undefined;
  readonly pid: number;
  /** A folder of its own, removed at the end: HOME, cookies and keys. */
  readonly folder: string;
  /** How it ended; undefined while it runs. */
  exit(): Exit | undefined;
  /** Everything on standard error, where a gateway in good health writes nothing. */
  stderr(): string;
  /** What `/metrics` says at the moment; `headers` carry a key where one is needed. */
  metrics(headers?: Readonly<Record<string, string>>): Promise<MetricsPage>;
  /** SIGTERM, and how the process ended; SIGKILL when it does not within `ms`. */
  stop(ms?: number): Promise<Exit>;
  /** SIGKILL, for a way out that leaves nothing behind. */
  kill(): Promise<Exit>;
}

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_DEADLINE_MS = 30_000;

/** Starts the gateway on a free port; resolves when it listens, and throws what it said when it does not. */
export async function startGatewayProcess(
  simulator: Simulator,
  options: GatewayProcessOptions = {},
): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-process-'));
  const file = async (name: string, content: unknown) => {
    const path = join(folder, name);
    if (content !== undefined) await writeFile(path, JSON.stringify(content), { mode: 0o600 });
    return path;
  };
  const cookiesFile = await file('strava-cookies.json', options.cookies);
  const keysFile = await file('api-keys.json', options.keys);
  // Nothing is inherited but the path: settings of whoever runs this have no business here.
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      PORT: '0',
      SHUTDOWN_DELAY_MS: '0',
      STRAVA_TILES_URL: simulator.tilesUrl,
      STRAVA_WEB_URL: simulator.webUrl,
      STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
      STRAVA_COOKIES_FILE: cookiesFile,
      ...(options.keys === undefined ? {} : { API_KEYS_FILE: keysFile }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let exit: Exit | undefined;
  const ended = once(child, 'exit').then(async ([code, signal]): Promise<Exit> => {
    exit = { code, signal };
    await rm(folder, { recursive: true, force: true });
    return exit;
  });
  // A test that fails leaves no process behind.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  void ended.then(() => process.off('exit', killAtExit));
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  const log = createInterface({ input: child.stdout });
  const listening = new Promise<{ public: string; management?: string }>((resolve) =>
    log.on('line', (line) => {
      if (line.includes('"msg":"listening on')) resolve(JSON.parse(line));
      options.onLog?.(line);
    }),
  );
  const timeout = AbortSignal.timeout(START_DEADLINE_MS);
  const late = new Promise<undefined>((resolve) =>
    timeout.addEventListener('abort', () => resolve(undefined)),
  );
  const addresses = await Promise.race([listening, ended.then(() => undefined), late]);
  if (!addresses) {
    child.kill('SIGKILL');
    throw new Error(`the gateway did not start (${JSON.stringify(exit ?? 'too slow')}):\n${err}`);
  }
  const url = addresses.public;
  const managementUrl = addresses.management;
  return {
    url,
    managementUrl,
    pid: child.pid!,
    folder,
    exit: () => exit,
    stderr: () => err,
    metrics: async (headers = {}) =>
      new MetricsPage(await textOf(`${managementUrl ?? url}/metrics`, headers)),
    async stop(ms = 20_000) {
      child.kill('SIGTERM');
      const timer = setTimeout(killAtExit, ms);
      return ended.finally(() => clearTimeout(timer));
    },
    async kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** A page in the text format of Prometheus. */
export class MetricsPage {
  constructor(readonly text: string) {}

  /** The value of a series as it is written, labels and all; undefined when there is none, as with descriptors off Linux. */
  value(series: string): number | undefined {
    const line = this.text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }

  /** How many series there are. */
  get size(): number {
    return this.text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  }

  /** Resident memory of the process in bytes. */
  get residentBytes(): number {
    return this.value('process_resident_memory_bytes')!;
  }

  /** Open descriptors; undefined where the system does not tell. */
  get openDescriptors(): number | undefined {
    return this.value('process_open_fds');
  }
}

/** Over a connection of its own, so that none stays open and is counted. */
async function textOf(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const request = get(url, { agent: false, headers });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${text}`);
  return text;
}
