import { unwatchFile, watchFile, type StatsListener } from 'node:fs';

/**
 * Calls `changed` when the file at `path` is edited, created, deleted, replaced by a rename, or reached through a changed
 * symlink (Kubernetes). Polls twice a second, because inotify and its like follow the inode and miss renames and changed
 * symlinks. The returned function stops the watch.
 */
export function watchPath(path: string, changed: () => void): () => void {
  const listener: StatsListener = (now, before) => {
    // Node reports the first poll of a missing file as a change; both times are 0 then.
    if (now.mtimeMs !== 0 || before.mtimeMs !== 0) changed();
  };
  watchFile(path, { interval: 500, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}
