/** Warns of files with secrets that other users of the machine can read, at startup and whenever their mode changes. */
import { fileMode, permissionsWarning } from './common/files/file-mode.js';
import type { Log } from './common/log.js';
import { watchPath } from './common/files/watch-path.js';
import type { Config } from './config/index.js';

type SecretFiles = Pick<Config, 'stravaCookiesFile' | 'stravaSessionFile' | 'apiKeysFile' | 'adminKeyFile'>;

/** The returned function ends the watch. */
export function watchSecretFiles(config: SecretFiles, log: Log): () => void {
  const { stravaCookiesFile, stravaSessionFile, apiKeysFile, adminKeyFile } = config;
  const files = [stravaCookiesFile, stravaSessionFile, apiKeysFile, adminKeyFile];
  const ends = files.flatMap((path) => (path === undefined ? [] : [watchMode(path, log)]));
  return () => ends.forEach((end) => end());
}

function watchMode(path: string, log: Log): () => void {
  let warned: string | undefined;
  const look = async () => {
    const mode = await fileMode(path);
    const problem = mode === undefined ? undefined : permissionsWarning(path, mode);
    if (problem !== undefined && problem !== warned) log.warn({}, problem);
    warned = problem;
  };
  void look();
  return watchPath(path, () => void look());
}
