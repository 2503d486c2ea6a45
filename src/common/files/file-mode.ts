import { stat } from 'node:fs/promises';

/** Why the permissions of a file with secrets are too wide, or undefined when they are not. Pure. */
export function wideMode(path: string, mode: number): string | undefined {
  // A group may read: that is how Kubernetes hands a secret to a pod (fsGroup).
  if ((mode & 0o037) === 0) return undefined;
  return `others may read ${path} (mode ${(mode & 0o777).toString(8).padStart(4, '0')}): chmod 600 it`;
}

/** Permission bits of a file; undefined when there is no file, or where the system has no such bits. */
export async function fileMode(path: string): Promise<number | undefined> {
  if (process.platform === 'win32') return undefined;
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return undefined;
  }
}
