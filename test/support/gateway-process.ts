/** The built gateway as a process in front of a simulator, for tests that need a process of its own. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../simulator/simulator.js';
import { startBuiltGateway, type Exit } from './built-gateway.js';
import { MetricsPage } from './run/metrics-page.js';

export interface GatewayProcessOptions {
  /** Environment variables in addition to those that point at the simulator. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of the cookie file; no file is written when undefined. */
  readonly cookies?: unknown;
  /** Content of the key file; API keys are off when undefined. */
  readonly keys?: unknown;
  /** Called with every log line; lines are not kept. */
  readonly onLog?: (line: string) => void;
}

export interface GatewayProcess {
  readonly url: string;
  readonly managementUrl: string | undefined;
  readonly pid: number;
  /** HOME of the process, with its cookie file and key file; removed when the process has ended. */
  readonly folder: string;
  /** Exit code or signal; undefined while the process runs. */
  exit(): Exit | undefined;
  /** Everything on standard error, where a healthy gateway writes nothing. */
  stderr(): string;
  /** The current `/metrics`; `headers` carry an API key where one is needed. */
  metrics(headers?: Readonly<Record<string, string>>): Promise<MetricsPage>;
  /** Sends SIGTERM and waits for the end; sends SIGKILL after `ms`. */
  stop(ms?: number): Promise<Exit>;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<Exit>;
}

/** Starts the gateway on a free port; resolves when it listens, and throws with its standard error when it does not. */
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
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  // Only PATH is inherited: settings in the environment of the test run must not reach the gateway.
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    PORT: '0',
    SHUTDOWN_DELAY_MS: '0',
    STRAVA_TILES_URL: simulator.tilesUrl,
    STRAVA_WEB_URL: simulator.webUrl,
    STRAVA_ANONYMOUS_TILES_URL: simulator.anonymousUrl,
    STRAVA_COOKIES_FILE: await file('strava-cookies.json', options.cookies),
    ...(options.keys === undefined ? {} : { API_KEYS_FILE: await file('api-keys.json', options.keys) }),
    ...options.env,
  };
  const gateway = await startBuiltGateway(env, options.onLog).catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });
  const { url, managementUrl, pid, stderr, signal } = gateway;
  let exit: Exit | undefined;
  const ended = gateway.ended.then(async (how) => {
    exit = how;
    await removeFolder();
    return how;
  });
  return {
    url,
    managementUrl,
    pid,
    folder,
    exit: () => exit,
    stderr,
    metrics: async (headers = {}) =>
      new MetricsPage(await textOf(`${managementUrl ?? url}/metrics`, headers)),
    async stop(ms = 20_000) {
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), ms);
      return ended.finally(() => clearTimeout(timer));
    },
    async kill() {
      signal('SIGKILL');
      return ended;
    },
  };
}

/** Uses a connection of its own, so that no idle connection changes the counts of connections and descriptors. */
async function textOf(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const request = get(url, { agent: false, headers });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${text}`);
  return text;
}
