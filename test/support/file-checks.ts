import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchPath } from '../../src/common/files/watch-path.js';

/**
 * Resolves when every file watch of this process has looked at its file since the call. All watches have the same
 * interval, so a watch that starts now and reports two changes is the measure.
 */
export async function nextFileChecks(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'file-checks-'));
  const file = join(folder, 'file');
  let reported: () => void = () => undefined;
  const unwatch = watchPath(file, () => reported());
  try {
    for (const content of ['first', 'second']) {
      const report = new Promise<void>((resolve) => (reported = resolve));
      await writeFile(file, content);
      await report;
    }
  } finally {
    unwatch();
    await rm(folder, { recursive: true, force: true });
  }
}
