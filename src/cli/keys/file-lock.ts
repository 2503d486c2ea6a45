/** One writer of a file at a time, among commands of this machine: a file beside it says that somebody is at work. */
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../command.js';
import { EXIT } from '../exit-code.js';

const WAIT_MS = 10_000;
const POLL_MS = 25;
/** The work takes milliseconds: whoever has held the lock for that long has died over it. */
const DEAD_MS = 5000;

/** Does `work` while no other command holds the lock of `path`. Throws a {@link CommandFailure} when it cannot be had. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const end = Date.now() + WAIT_MS;
  while (!(await taken(lock))) {
    if (Date.now() > end)
      throw new CommandFailure(EXIT.failed, `another command is writing ${path}; if none is, remove ${lock}`);
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
      throw new CommandFailure(EXIT.failed, `${lock}: cannot be made beside the file (${code ?? 'unknown'})`);
  }
  const held = await stat(lock).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > DEAD_MS) await unlink(lock).catch(() => undefined);
  return false;
}
