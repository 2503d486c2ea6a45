import { open, realpath, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Codes of a folder in which no file can be created or replaced: a mounted file, or a folder of another user. */
const NOT_REPLACEABLE = ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'];

/**
 * Replaces the content of `path` atomically: a reader sees the old content or the new content, also after a crash. The
 * file gets mode 0600. A symlink is kept and its target replaced. One writer at a time: the temporary file has a fixed
 * name, so a crash leaves at most one behind, and the next write removes it.
 *
 * A file that cannot be replaced, because it is mounted alone into a container, is {@link overwrite | overwritten}.
 */
export async function writeFileAtomically(
  path: string,
  content: string,
  renameFile: typeof rename = rename,
): Promise<void> {
  const target = await realpath(path).catch(() => path);
  try {
    await replace(target, content, renameFile);
  } catch (error) {
    if (!NOT_REPLACEABLE.includes(codeOf(error))) throw error;
    await overwrite(target, content).catch((second: unknown) => {
      throw codeOf(second) === 'ENOENT' ? error : second;
    });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

async function replace(target: string, content: string, renameFile: typeof rename): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.tmp`);
  await unlink(temporary).catch(() => undefined);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeAndClose(file, content);
    await renameFile(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  // The rename is durable only after the folder is synced, which some file systems do not support.
  const folder = await open(dirname(target), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

async function writeAndClose(file: FileHandle, content: string): Promise<void> {
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Overwrites an existing file with one write and without emptying it first, so that a process that ends at any moment leaves the old
 * content or the new one. Spaces cover the rest of longer old content until the file is cut. A failed write, such as on a full disk,
 * restores the old content.
 */
async function overwrite(target: string, content: string): Promise<void> {
  const file = await open(target, 'r+');
  try {
    const old = await file.readFile();
    const bytes = Buffer.from(content);
    const padded = Buffer.concat([bytes, Buffer.alloc(Math.max(0, old.length - bytes.length), ' ')]);
    // Another user may own a mounted file.
    await file.chmod(0o600).catch(() => undefined);
    try {
      await writeAtStart(file, padded);
    } catch (error) {
      await writeAtStart(file, old);
      await file.truncate(old.length);
      throw error;
    }
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAtStart(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;)
    at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
}
