import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { decodeText } from './decode-text.js';

/** Cookie files, key files and settings have a few kB; a larger file is another one. */
const MAX_BYTES = 1_000_000;
/** Opening a named pipe would wait for its writer. Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The text of the file at `path`, whatever its encoding. Rejects with the system error, or if it is no regular file below 1 MB. */
export async function readText(path: string): Promise<string> {
  const file = await open(path, FLAGS);
  try {
    refuseOther(await file.stat());
    return decodeText(await file.readFile());
  } finally {
    await file.close();
  }
}

/** As {@link readText}, but also of a pipe such as `/dev/stdin`, up to its end. */
export async function readTextOrPipe(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new Error('it has more than 1 MB; a smaller file is accepted, so check the path');
  }
  return decodeText(Buffer.concat(chunks));
}

/** As {@link readText}. */
export function readTextSync(path: string): string {
  const file = openSync(path, FLAGS);
  try {
    refuseOther(fstatSync(file));
    return decodeText(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

function refuseOther(stats: Stats): void {
  if (stats.isDirectory())
    throw new Error('it is a directory; a regular file is accepted, so add the name of the file');
  if (!stats.isFile()) throw new Error('it is a pipe or a device; a regular file below 1 MB is accepted');
  if (stats.size > MAX_BYTES)
    throw new Error(
      `it has ${(stats.size / 1e6).toFixed(1)} MB; a regular file below 1 MB is accepted, so check the path`,
    );
}

/** Why a file cannot be read or written: "permission denied (EACCES)"; the message of an error that is no system error. */
export function fileProblem(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const meaning = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return meaning === undefined ? code : `${meaning} (${code})`;
}
