import type { ApiKey } from '../auth-keys/key-file.js';
import type { Command } from './command.js';
import { EXIT } from './exit-code.js';
import { keyFilePath, readKeyFile, type RawEntry } from './key-file-edit.js';

interface ListedKey {
  readonly id: string;
  /** `plain` keys can be read in the file; of `sha256` ones only the digest is there. */
  readonly kind: 'plain' | 'sha256';
  readonly expires: string | null;
  readonly expired: boolean;
  readonly layers: readonly string[] | null;
}

export const keysList: Command = {
  name: 'keys list',
  summary: 'list the API keys, never the keys themselves',
  description: `One line for each key: its name, how the file holds it (sha256, or plain for everybody who may read the
file), until when it is good and which layers it opens. Keys without a name are keys.0, keys.1 and so
on, by their place in the file, as in logs.`,
  operands: [],
  options: { apikeys: { value: 'FILE', help: 'key file (API_KEYS_FILE)' } },
  async run(call) {
    const path = keyFilePath(call);
    const file = await readKeyFile(path);
    const keys = file.keys.map((key, index) => listed(key, file.raw[index]!, Date.now()));
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, keys },
      text: keys.length === 0 ? `There are no keys in ${path}.` : table(keys),
    };
  },
};

function listed({ id, expiresAt, layers }: ApiKey, raw: RawEntry, now: number): ListedKey {
  return {
    id,
    kind: typeof raw === 'object' && 'sha256' in raw ? 'sha256' : 'plain',
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    expired: expiresAt !== undefined && expiresAt <= now,
    layers: layers ?? null,
  };
}

function table(keys: readonly ListedKey[]): string {
  const rows = keys.map(({ id, kind, expires, expired, layers }) => [
    id,
    kind,
    expires === null ? 'never' : `${expires}${expired ? ' (expired)' : ''}`,
    layers === null ? 'all' : layers.join(','),
  ]);
  const all = [['NAME', 'KIND', 'EXPIRES', 'LAYERS'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)) + 2);
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')).join('\n');
}
