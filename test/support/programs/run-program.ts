/** A program of the machine, run beside the gateway: the process that serves it must not be blocked, so never `spawnSync`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProgramRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Beyond `PATH`; nothing else of this process's environment is passed on, no proxy and no home. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Milliseconds; whoever takes longer is killed. */
  readonly timeout?: number;
}

/** Runs to the end, in `folder`, which is its home too. Rejects when the program cannot be started or takes too long. */
export function runProgram(
  program: string,
  args: readonly string[],
  folder: string,
  { env = {}, stdin = '', timeout = 20_000 }: ProgramOptions = {},
): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        cwd: folder,
        env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: folder, TMPDIR: folder, ...env },
        timeout,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number')
          reject(
            new Error(`${program} ${args.join(' ')}: ${error.killed ? 'killed, ' : ''}${error.message}`),
          );
        else resolve({ status: Number(error?.code ?? 0), stdout, stderr });
      },
    );
    // A program may end without having read its input.
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}

/** A new folder for `task`, removed after it: no client finds anything that an earlier run has kept. */
export async function inNewFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
