import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  fileProblem,
  readText,
  readTextOrPipe,
  readTextSync,
} from '../../../../src/common/files/read-text.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const at = temporaryFolder();

it('reads a pipe up to its end where a command accepts one, and no endless device', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  const writer = writeFile(at('pipe'), 'from a pipe');
  expect(await readTextOrPipe(at('pipe'))).toBe('from a pipe');
  await writer;
  await expect(readTextOrPipe('/dev/zero')).rejects.toThrow('more than 1 MB');
});

const ways: [string, (path: string) => Promise<string>][] = [
  ['asynchronous', readText],
  ['synchronous', async (path) => readTextSync(path)],
];

describe.each(ways)('%s reading', (_name, read) => {
  it('gives the text of a file, and of a link to one', async () => {
    await writeFile(at('file'), 'text');
    await symlink(at('file'), at('link'));
    expect([await read(at('file')), await read(at('link'))]).toEqual(['text', 'text']);
  });

  const others: [string, () => Promise<string>, string][] = [
    [
      'a directory',
      async () => (await mkdir(at('folder')), at('folder')),
      'it is a directory; a regular file',
    ],
    [
      'a named pipe without a writer',
      async () => (execFileSync('mkfifo', [at('pipe')]), at('pipe')),
      'it is a pipe or a device; a regular file below 1 MB is accepted',
    ],
    ['an endless device', async () => '/dev/zero', 'it is a pipe or a device'],
    ['a device', async () => '/dev/null', 'it is a pipe or a device'],
    [
      'a file of 600 MB',
      async () => (await writeFile(at('huge'), ''), await truncate(at('huge'), 6e8), at('huge')),
      'it has 600.0 MB; a regular file below 1 MB is accepted',
    ],
    ['a missing file', async () => at('none'), 'no such file or directory (ENOENT)'],
    ['a link to itself', async () => (await symlink('loop', at('loop')), at('loop')), '(ELOOP)'],
  ];
  it.each(others)('of %s fails with a sentence, and at once', async (_what, create, sentence) => {
    const path = await create();
    const problem = await read(path).then(() => undefined, fileProblem);
    expect(problem).toContain(sentence);
  });
});
