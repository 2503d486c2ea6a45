import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DiskTileCache, type CachedTile } from '../../../src/tile-cache/index.js';
import { eventually } from '../../support/eventually.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { behavesLikeATileCache } from '../../support/contracts/tile-cache-contract.js';

const at = temporaryFolder();
const MIB = 1024 * 1024;
const log = new MemoryLog();
const clock = new StoppedClock();
const open = (maxBytes = MIB, staleMs = 1000) =>
  DiskTileCache.open(at('tiles'), maxBytes, staleMs, clock, log);
const tile = (bytes: number): CachedTile => ({
  body: Buffer.alloc(bytes, 1),
  etag: '"x"',
  lastModified: undefined,
  source: 'authenticated',
  upstreamEtag: undefined,
  freshUntil: clock.now() + 1000,
});

behavesLikeATileCache({
  name: 'a folder',
  clock: () => new StoppedClock(),
  empty: (staleMs, own) => DiskTileCache.open(at('contract'), MIB, staleMs, own, log),
  reopened: (staleMs, own) => DiskTileCache.open(at('contract'), MIB, staleMs, own, log),
});

/** Number of files and their total size on disk. */
async function diskUsage(): Promise<{ files: number; bytes: number }> {
  const names = await readdir(at('tiles'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(at('tiles'), name))).size));
  return { files: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

describe('a disk cache', () => {
  it('stays within its size limit and evicts the least recently used tile, also after a restart', async () => {
    const cache = await open(100_000);
    for (let i = 0; i < 10; i++) await cache.set(`tile-${i}`, tile(15_000));
    expect(await cache.get('tile-9')).toBeDefined();
    expect(await cache.get('tile-3')).toBeUndefined();
    await eventually(async () => (await diskUsage()).bytes <= 100_000);
    const again = await open(50_000);
    await eventually(async () => (await diskUsage()).bytes <= 50_000);
    expect(await again.get('tile-9')).toBeDefined();
  });

  it('does not store a tile that is larger than the cache', async () => {
    const cache = await open(10_000);
    await cache.set('large', tile(20_000));
    expect(await cache.get('large')).toBeUndefined();
    expect((await diskUsage()).files).toBe(0);
  });

  it('misses for a file that is truncated, of another tile or corrupt, and deletes it', async () => {
    const cache = await open();
    for (const key of ['cut', 'swapped', 'rubbish']) await cache.set(key, tile(100));
    const names = await readdir(at('tiles'));
    const texts = await Promise.all(names.map((name) => readFile(join(at('tiles'), name))));
    const fileOf = (key: string) => {
      const index = texts.findIndex((text) => text.includes(`"key":"${key}"`));
      return { path: join(at('tiles'), names[index]!), bytes: texts[index]! };
    };
    await writeFile(fileOf('cut').path, fileOf('cut').bytes.subarray(0, 90));
    await writeFile(fileOf('swapped').path, fileOf('rubbish').bytes);
    await writeFile(fileOf('rubbish').path, 'rubbish');
    for (const key of ['cut', 'swapped', 'rubbish']) expect(await cache.get(key)).toBeUndefined();
    await eventually(async () => (await diskUsage()).files === 0);
  });

  it('is readable only by its user, keeps other files, and deletes an interrupted write', async () => {
    await mkdir(at('tiles'), { recursive: true });
    await writeFile(join(at('tiles'), 'notes.txt'), 'mine');
    await writeFile(join(at('tiles'), `${'a'.repeat(40)}.tile.7`), 'half');
    const cache = await open();
    await cache.set('a', tile(1));
    const names = await readdir(at('tiles'));
    expect(names).toHaveLength(2);
    expect(names).toContain('notes.txt');
    const [name] = names.filter((other) => other.endsWith('.tile'));
    expect((await stat(join(at('tiles'), name!))).mode & 0o777).toBe(0o600);
  });

  it('that is not writable works as an empty cache, and logs that once', async () => {
    const cache = await open();
    await import('node:fs/promises').then(({ rm }) => rm(at('tiles'), { recursive: true }));
    await cache.set('a', tile(1));
    await cache.set('b', tile(1));
    expect(await cache.get('a')).toBeUndefined();
    expect(log.lines.filter(({ message }) => message.includes('disk cache')).length).toBe(1);
  });
});
