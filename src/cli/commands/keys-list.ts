import type { ApiKey } from '../../auth-keys/key-file.js';
import { JSON_OPTION, type Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { keyFilePath, readKeyFile, type RawEntry } from '../keys/key-file-edit.js';

interface ListedKey {
  readonly id: string;
  /** `plain` keys are readable in the file; `sha256` keys are stored as their digest. */
  readonly kind: 'plain' | 'sha256';
  readonly expires: string | null;
  readonly expired: boolean;
  /** With the field names of the key file. */
  readonly limits: Readonly<Record<string, unknown>>;
}

export const keysList: Command = {
  name: 'keys list',
  summary: 'List the API keys: names and limits, never the keys.',
  description: `Prints one line for each key: name, kind, expiry and limits. A key of kind sha256 is stored as its digest;
a plain key is readable in the file. Keys without a name are keys.0, keys.1 and so on, by their position
in the file; the log uses the same names.`,
  operands: [],
  options: {
    apikeys: { value: 'FILE', help: 'Key file. [API_KEYS_FILE]' },
    json: JSON_OPTION,
  },
  async run(call) {
    const path = keyFilePath(call);
    const file = await readKeyFile(path);
    const keys = file.keys.map((key, index) => listed(key, file.raw[index]!, Date.now()));
    return {
      exit: EXIT.ok,
      report: { status: 'ok', file: path, keys: keys.map(reported) },
      text: keys.length === 0 ? `${path} contains no keys.` : table(keys),
    };
  },
};

function listed({ id, expiresAt, scope, origins, rateLimit }: ApiKey, raw: RawEntry, now: number): ListedKey {
  return {
    id,
    kind: typeof raw === 'object' && 'sha256' in raw ? 'sha256' : 'plain',
    expires: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    expired: expiresAt !== undefined && expiresAt <= now,
    limits: { ...scope, origins: origins?.listed, rateLimit },
  };
}

function reported({ limits, ...key }: ListedKey): Record<string, unknown> {
  return {
    ...key,
    ...Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit ?? null])),
  };
}

function table(keys: readonly ListedKey[]): string {
  const rows = keys.map(({ id, kind, expires, expired, limits }) => [
    id,
    kind,
    expires === null ? 'never' : `${expires}${expired ? ' (expired)' : ''}`,
    inWords(limits),
  ]);
  const all = [['NAME', 'KIND', 'EXPIRES', 'LIMITS'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)) + 2);
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')).join('\n');
}

function inWords(limits: ListedKey['limits']): string {
  const words = Object.entries(limits)
    .filter(([, limit]) => limit !== undefined)
    .map(([name, limit]) => `${name} ${Array.isArray(limit) ? limit.join(',') : JSON.stringify(limit)}`);
  return words.join('; ') || 'none';
}
