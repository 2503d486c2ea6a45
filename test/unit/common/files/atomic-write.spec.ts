import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
  utimes,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { writeFileAtomically } from '../../../../src/common/files/atomic-write.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const at = temporaryFolder();
const mode = async (path: string) => (await stat(path)).mode & 0o777;

describe('a file that cannot be replaced', () => {
  /** As the system answers for a file that is mounted alone, into a container for example. */
  const rename = (code: string) => async () => {
    throw Object.assign(new Error('rename'), { code });
  };

  it.each(['old', 'old, and much longer than the new content', ''])(
    'is written in place, and no other file is left: %j',
    async (old) => {
      await writeFile(at('file'), old, { mode: 0o644 });
      const before = (await stat(at('file'))).ino;
      await writeFileAtomically(at('file'), 'new content', rename('EBUSY'));
      expect(await readFile(at('file'), 'utf8')).toBe('new content');
      expect(await mode(at('file'))).toBe(0o600);
      expect((await stat(at('file'))).ino).toBe(before);
      expect(await readdir(dirname(at('file')))).toEqual(['file']);
    },
  );

  it('is written through a symlink', async () => {
    await writeFile(at('real'), 'old');
    await symlink('real', at('link'));
    await writeFileAtomically(at('link'), 'new', rename('EXDEV'));
    expect([await readlink(at('link')), await readFile(at('real'), 'utf8')]).toEqual(['real', 'new']);
  });

  it('stays as it is after any other error, and no other file is left', async () => {
    await writeFile(at('file'), 'old');
    await expect(writeFileAtomically(at('file'), 'new', rename('EIO'))).rejects.toMatchObject({
      code: 'EIO',
    });
    expect(await readFile(at('file'), 'utf8')).toBe('old');
    expect(await readdir(dirname(at('file')))).toEqual(['file']);
  });

  it('and does not exist is an error that names the refusal', async () => {
    await expect(writeFileAtomically(at('file'), 'new', rename('EBUSY'))).rejects.toMatchObject({
      code: 'EBUSY',
    });
    expect(await readdir(dirname(at('file')))).toEqual([]);
  });
});

describe('an atomic write', () => {
  it('creates a file that only its owner can read, and no other file', async () => {
    await writeFileAtomically(at('file'), 'new');
    expect(await readFile(at('file'), 'utf8')).toBe('new');
    expect(await mode(at('file'))).toBe(0o600);
    expect(await readdir(dirname(at('file')))).toEqual(['file']);
  });

  it('replaces the whole content, and tightens the mode', async () => {
    await writeFile(at('file'), 'old and longer', { mode: 0o644 });
    await writeFileAtomically(at('file'), 'new');
    expect(await readFile(at('file'), 'utf8')).toBe('new');
    expect(await mode(at('file'))).toBe(0o600);
  });

  it('never changes the bytes of the old file: an open reader reads it to its end', async () => {
    await writeFile(at('file'), 'old');
    const before = (await stat(at('file'))).ino;
    await writeFileAtomically(at('file'), 'new');
    expect((await stat(at('file'))).ino).not.toBe(before);
  });

  it('keeps a symlink, in another folder too, and replaces its target', async () => {
    await mkdir(at('data'));
    await writeFile(at('data/real'), 'old');
    await symlink('data/real', at('link'));
    await writeFileAtomically(at('link'), 'new');
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
    expect(await readlink(at('link'))).toBe('data/real');
    expect(await readFile(at('data/real'), 'utf8')).toBe('new');
    expect(await readdir(at('data'))).toEqual(['real']);
  });

  it('removes temporary files that crashes left behind, and not those of a write in progress or of other files', async () => {
    const others = ['.file.0123456789ab.tmp', '.file2.0123456789ab.tmp', '.file.notes.tmp'];
    const left = ['.file.tmp', '.file.ba9876543210.tmp'];
    for (const name of [...left, ...others]) await writeFile(at(name), 'half a file');
    for (const name of [...left, ...others.slice(1)]) await utimes(at(name), 1, 1);
    await writeFileAtomically(at('file'), 'new');
    expect((await readdir(dirname(at('file')))).sort()).toEqual([...others, 'file'].sort());
  });

  it('of several processes at once leaves one whole content and no temporary file', async () => {
    const contents = Array.from({ length: 40 }, (_, i) => String(i).repeat(50_000 + i));
    const results = await Promise.allSettled(
      contents.map((content) => writeFileAtomically(at('file'), content)),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(contents).toContain(await readFile(at('file'), 'utf8'));
    expect(await readdir(dirname(at('file')))).toEqual(['file']);
  });

  it('rejects if the folder does not exist, and creates none', async () => {
    await expect(writeFileAtomically(at('none/file'), 'new')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(at('none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
