import { stat } from 'node:fs/promises';

/** The warning for a file with secrets whose permissions are too open, else undefined. Pure. */
export function permissionsWarning(path: string, mode: number): string | undefined {
  // Read permission for the group is accepted: Kubernetes mounts secrets that way (fsGroup).
  if ((mode & 0o037) === 0) return undefined;
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  return `permissions ${permissions} for ${path} are too open; run chmod 600 ${path}`;
}

/** Permission bits of a file; undefined if the file does not exist, and on Windows, which has no permission bits. */
export async function fileMode(path: string): Promise<number | undefined> {
  if (process.platform === 'win32') return undefined;
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return undefined;
  }
}
