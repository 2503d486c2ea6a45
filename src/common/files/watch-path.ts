import { unwatchFile, watchFile, type StatsListener } from 'node:fs';

/**
 * Calls `changed` when the file at `path` is another than before: edited, replaced by rename, or reached through a
 * symlink that was swapped (Kubernetes), and also when it appears or disappears. It looks twice a second, because
 * notifications of the system follow the inode and so miss renames and swaps. The returned function ends it.
 */
export function watchPath(path: string, changed: () => void): () => void {
  const listener: StatsListener = (now, before) => {
    // The first look at a file that is not there is reported as a change from nothing to nothing.
    if (now.mtimeMs !== 0 || before.mtimeMs !== 0) changed();
  };
  watchFile(path, { interval: 500, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}
