/** A real Prometheus on a free port, with its own folder, which is removed at the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from './free-port.js';

export interface Target {
  /** Only host and port are used. */
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly job: string;
  readonly targets: readonly Target[];
  readonly rulesFile: string;
  /** Scrape interval and evaluation interval. */
  readonly intervalSeconds: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface LoadedRule {
  readonly type: 'alerting' | 'recording';
  readonly name: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  /** For alerting rules. */
  readonly state?: 'inactive' | 'pending' | 'firing';
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusServer {
  readonly url: string;
  /** The current value of an expression; throws the message of Prometheus for an invalid one. */
  query(expression: string): Promise<Sample[]>;
  rules(): Promise<LoadedRule[]>;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 20_000;

export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const interval = `${options.intervalSeconds}s`;
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [options.rulesFile],
    scrape_configs: [
      {
        job_name: options.job,
        static_configs: options.targets.map(({ url, labels }) => ({ targets: [new URL(url).host], labels })),
      },
    ],
  };
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, stringify(config));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = once(child, 'exit').then(async () => {
    process.off('exit', killAtExit);
    await rm(folder, { recursive: true, force: true });
  });
  const end = Date.now() + START_DEADLINE_MS;
  while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
    if (Date.now() > end || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`Prometheus did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const api = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T> => {
    const answer = await fetch(`${url}/api/v1/${path}?${String(new URLSearchParams(parameters))}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${error}`);
    return data;
  };
  return {
    url,
    async query(expression) {
      const { resultType, result } = await api<QueryData>('query', { query: expression });
      if (resultType !== 'vector') throw new Error(`${expression} is a ${resultType}; expected a vector`);
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async rules() {
      const { groups } = await api<{ groups: { rules: LoadedRule[] }[] }>('rules');
      return groups.flatMap((group) => group.rules);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface QueryData {
  readonly resultType: string;
  readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
}
