import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';

/** A new folder for each test of the suite; the returned function gives the path of a file in it. */
export function temporaryFolder(): (file: string) => string {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unit-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return (file) => join(folder, file);
}
