import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_RECORD_BYTES } from './tile-record.js';

/** Opening a named pipe would wait for its writer. Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The bytes of a record on disk. Rejects if the file is missing, is no regular file or is longer than any record. */
export async function readRecord(path: string): Promise<Buffer> {
  const file = await open(path, FLAGS);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MAX_RECORD_BYTES) throw new Error('the file is no record');
    return await file.readFile();
  } finally {
    await file.close();
  }
}
