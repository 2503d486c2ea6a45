/** The built gateway as a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Three folders up from here, in the sources as well as in the build. */
const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

const START_MS = 20_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly pid: number;
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  readonly ended: Promise<Ended>;
  /** Everything on stderr so far. */
  stderr(): string;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts `node dist/main.js` with `env` alone and waits until it listens; `onLine` gets each line of its stdout, `whole`
 * unless the process ended in the middle of it. Throws with what the process said when it ends before.
 */
export function startGatewayProcess(
  env: Readonly<Record<string, string>>,
  onLine: (line: string, whole: boolean) => void,
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // Whatever becomes of this process, it leaves none behind.
  const leaveNone = (): void => void child.kill('SIGKILL');
  process.once('exit', leaveNone);
  child.once('close', () => process.removeListener('exit', leaveNone));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the gateway did not listen within ${START_MS} ms`));
    }, START_MS);
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        onLine(line, true);
        const [, url] = /listening on (http:\/\/[^"\s]+)/.exec(line) ?? [];
        if (url === undefined) continue;
        clearTimeout(tooLate);
        const signal = (name: NodeJS.Signals): void => void child.kill(name);
        resolve({ pid: child.pid!, url, ended, stderr: () => stderr, signal });
      }
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(tooLate);
      if (rest !== '') onLine(rest, false);
      reject(new Error(`the gateway ended with code ${code}:\n${stderr}`));
    });
  });
}
