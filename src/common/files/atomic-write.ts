import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces the content of `path` atomically: a reader sees the old content or the new content, also after a crash. The
 * file gets mode 0600. A symlink is kept and its target replaced. One writer at a time: the temporary file has a fixed
 * name, so a crash leaves at most one behind, and the next write removes it.
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
  // The rename is durable only after the folder is synced, which some file systems do not support.
  const folder = await open(dirname(target), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}
