/** The built gateway (`node dist/main.js`) as a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface BuiltGateway {
  readonly pid: number;
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  readonly managementUrl: string | undefined;
  /** Resolves when the process has ended and all its output has been read. */
  readonly ended: Promise<Exit>;
  /** Everything on standard error so far. */
  readonly stderr: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** Two folders up, in the sources and in the build. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_DEADLINE_MS = 30_000;

/**
 * Starts the gateway with exactly the environment `env` and resolves when it listens; throws with its standard error when
 * it ends before that. `onLine` gets each line of standard output; `complete` is false for a last line without line end.
 */
export function startBuiltGateway(
  env: Readonly<Record<string, string>>,
  onLine: (line: string, complete: boolean) => void = () => undefined,
): Promise<BuiltGateway> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // A test run that is aborted leaves no process behind.
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = new Promise<Exit>((resolve) =>
    child.once('close', (code, signal) => {
      process.off('exit', killAtExit);
      resolve({ code, signal });
    }),
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the gateway did not listen within ${START_DEADLINE_MS} ms:\n${stderr}`));
    }, START_DEADLINE_MS);
    const take = (line: string, complete: boolean): void => {
      onLine(line, complete);
      if (!complete || !line.includes('"msg":"listening on')) return;
      clearTimeout(deadline);
      const { public: url, management } = JSON.parse(line) as { public: string; management?: string };
      const signal = (name: NodeJS.Signals): void => void child.kill(name);
      resolve({ pid: child.pid!, url, managementUrl: management, ended, stderr: () => stderr, signal });
    };
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line, true);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(deadline);
      if (rest !== '') take(rest, false);
      reject(new Error(`the gateway ended with ${code ?? signal} before it listened:\n${stderr}`));
    });
  });
}
