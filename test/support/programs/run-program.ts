/** Runs an installed program without blocking this process, which serves the gateway; `spawnSync` would block it. */
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
  /** In addition to `PATH`; the program inherits no other variable, neither proxy settings nor HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Time limit in milliseconds, after which the program is killed. */
  readonly timeout?: number;
}

/** Runs the program in `folder`, which is also its HOME. Rejects when it does not start or exceeds the time limit. */
export function runProgram(
  program: string,
  args: readonly string[],
  folder: string,
  { env = {}, stdin = '', timeout = 120_000 }: ProgramOptions = {},
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
    // The program may end before it has read its input.
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}

/** A new folder for `task`, removed afterwards: no client finds data of an earlier run. */
export async function inNewFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
