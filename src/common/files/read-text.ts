import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { decodeText } from './decode-text.js';

/** The text of the file at `path`, whatever its encoding. Rejects with the system error. */
export async function readText(path: string): Promise<string> {
  return decodeText(await readFile(path));
}

/** As {@link readText}. */
export function readTextSync(path: string): string {
  return decodeText(readFileSync(path));
}

/** Why a file cannot be read or written: "permission denied (EACCES)"; the message of an error that is no system error. */
export function fileProblem(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const meaning = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return meaning === undefined ? code : `${meaning} (${code})`;
}
