/** Reads and rewrites the file of API keys; entries that do not change are preserved as they are. */
import { jsonOf, KeyFileError, parseKeyFile, type ApiKey } from '../../auth-keys/key-file.js';
import { writeFileAtomically } from '../../common/files/atomic-write.js';
import { fileProblem, readText } from '../../common/files/read-text.js';
import { CommandFailure, type Call } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { EXIT } from '../exit-code.js';
import { withFileLock } from './file-lock.js';

/** An entry as in the file: a plain key, or an object. */
export type RawEntry = string | Readonly<Record<string, unknown>>;

export interface KeyFile {
  readonly path: string;
  readonly raw: readonly RawEntry[];
  /** The same entries, parsed. */
  readonly keys: readonly ApiKey[];
}

/** Path of the key file. Throws a {@link CommandFailure} when it is not set. */
export function keyFilePath(call: Call): string {
  const { apiKeysFile } = commandSettings(call, ['apiKeysFile']);
  if (apiKeysFile === undefined)
    throw new CommandFailure(EXIT.usage, 'the key file is not set: set API_KEYS_FILE or add --apikeys FILE');
  return apiKeysFile;
}

/** No entries when the file does not exist. Throws a {@link CommandFailure} when it is not usable. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, raw: [], keys: [] };
    throw new CommandFailure(EXIT.failed, `${path}: the API key file cannot be read: ${fileProblem(error)}`);
  }
  try {
    const keys = parseKeyFile(text);
    return { path, raw: (jsonOf(text) as { keys: RawEntry[] }).keys, keys };
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new CommandFailure(EXIT.failed, `${path}: the API key file is not usable: ${error.message}`);
  }
}

/**
 * Replaces the entries with those that `edit` returns, validated as the gateway does, and returns the file before the change.
 * Concurrent edits run one after the other. The file gets mode 0600.
 */
export function editKeyFile(path: string, edit: (file: KeyFile) => readonly RawEntry[]): Promise<KeyFile> {
  return withFileLock(path, async () => {
    const file = await readKeyFile(path);
    await writeKeyFile(path, edit(file));
    return file;
  });
}

async function writeKeyFile(path: string, raw: readonly RawEntry[]): Promise<void> {
  const content = `${JSON.stringify({ keys: raw }, null, 2)}\n`;
  try {
    parseKeyFile(content);
  } catch (error) {
    throw new CommandFailure(EXIT.usage, (error as Error).message);
  }
  try {
    await writeFileAtomically(path, content);
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      `${path}: the API key file cannot be written: ${fileProblem(error)}`,
    );
  }
}
