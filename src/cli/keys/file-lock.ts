/** Permits one command of this machine at a time to write a file, with a lock file beside it. */
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../command.js';
import { EXIT } from '../exit-code.js';

const WAIT_MS = 10_000;
const POLL_MS = 25;
/** A write takes milliseconds, so an older lock belongs to a process that has ended. */
const STALE_MS = 5000;

/** Runs `work` under the lock of `path`. Throws a {@link CommandFailure} when the lock is not free in time. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const end = performance.now() + WAIT_MS;
  while (!(await taken(lock))) {
    if (performance.now() > end)
      throw new CommandFailure(
        EXIT.failed,
        `another command is writing ${path}; if no command is running, delete ${lock}`,
      );
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(lock).catch(() => undefined);
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new CommandFailure(EXIT.failed, `the lock file ${lock} cannot be created (${code ?? 'unknown'})`);
  }
  const held = await stat(lock).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > STALE_MS) await unlink(lock).catch(() => undefined);
  return false;
}
