import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces the content of `path`: whoever reads it, also after a crash, finds the old content or the new one. The file
 * gets mode 0600. A symlink stays, and its target is replaced. One writer at a time: the temporary file has one name, so
 * that a crash leaves at most that one, which the next write takes over.
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.tmp`);
  await unlink(temporary).catch(() => undefined);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, target);
  // The rename itself lasts only once the folder is on disk; not every file system lets a folder be synced.
  const folder = await open(dirname(target), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}
