import { randomBytes } from 'node:crypto';
import { open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Codes of a folder in which no file can be created or replaced: a mounted file, or a folder of another user. */
const NOT_REPLACEABLE = ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'];

/**
 * Replaces the content of `path` atomically: a reader sees the old content or the new content, also after a crash. The
 * file gets mode 0600. A symlink is kept and its target replaced. Each write has a temporary file of its own, so processes that write the
 * same file do not meet; what a crash left behind is removed by a later write.
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

/** The end of the name of a temporary file, also in versions that had one for all writes. */
const TEMPORARY = /^(?:[0-9a-f]{12}\.)?tmp$/;
/** A temporary file of this age was left behind. */
const LEFTOVER_MS = 60_000;

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

async function replace(target: string, content: string, renameFile: typeof rename): Promise<void> {
  await removeLeftovers(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeAndClose(file, content);
    await renameFile(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // The rename is durable only after the folder is synced, which some file systems do not support.
  const folder = await open(dirname(target), 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}

/** Removes temporary files that no write can be using any more. */
async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = `.${basename(target)}.`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !TEMPORARY.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    const written = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (Date.now() - written > LEFTOVER_MS) await rm(path, { force: true }).catch(() => undefined);
  }
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
