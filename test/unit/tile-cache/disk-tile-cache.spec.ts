import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DiskTileCache, etagOf, type CachedTile } from '../../../src/tile-cache/index.js';
import { eventually } from '../../support/eventually.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import {
  behavesLikeATileCache,
  PNG_FRAME_BYTES,
  pngOf,
  rulesFor,
} from '../../support/contracts/tile-cache-contract.js';

const at = temporaryFolder();
const MIB = 1024 * 1024;
let log = new MemoryLog();
const clock = new StoppedClock();
const open = (maxBytes = MIB, staleMs = 1000) =>
  DiskTileCache.open(at('tiles'), maxBytes, rulesFor(staleMs), clock, log);
const png = (bytes: number) => pngOf(Buffer.alloc(bytes - PNG_FRAME_BYTES, 1));
const tile = (bytes: number): CachedTile => ({
  body: png(bytes),
  etag: etagOf(png(bytes)),
  lastModified: undefined,
  source: 'authenticated',
  upstreamEtag: undefined,
  freshUntil: clock.now() + 1000,
});

behavesLikeATileCache({
  name: 'a folder',
  clock: () => new StoppedClock(),
  empty: (staleMs, own) => DiskTileCache.open(at('contract'), MIB, rulesFor(staleMs), own, log),
  reopened: (staleMs, own, upstream) =>
    DiskTileCache.open(at('contract'), MIB, rulesFor(staleMs, upstream), own, log),
});

/** Number of files and their total size on disk. */
async function diskUsage(): Promise<{ files: number; bytes: number }> {
  // The cache may remove a file between the two calls.
  const sizeOf = (name: string) => stat(join(at('tiles'), name)).catch(() => undefined);
  const found = await Promise.all((await readdir(at('tiles'))).map(sizeOf));
  const files = found.filter((file) => file !== undefined);
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

beforeEach(() => {
  log = new MemoryLog();
});

const fileOf = (key: string) => createHash('sha1').update(`upstream/${key}`).digest('hex');

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
      const index = texts.findIndex((text) => text.includes(`"key":"upstream/${key}"`));
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
    await cache.set('a', tile(100));
    const names = await readdir(at('tiles'));
    expect(names).toHaveLength(2);
    expect(names).toContain('notes.txt');
    const [name] = names.filter((other) => other.endsWith('.tile'));
    expect((await stat(join(at('tiles'), name!))).mode & 0o777).toBe(0o600);
  });

  it('opens with files that are no tiles, removes them, and keeps the tiles', async () => {
    const before = await open();
    for (const key of ['a', 'b']) await before.set(key, tile(100));
    const nameOf = (letter: string) => join(at('tiles'), `${letter.repeat(40)}.tile`);
    await writeFile(nameOf('0'), '');
    await symlink('/nowhere', nameOf('1'));
    await symlink(at('tiles'), nameOf('2'));
    await mkdir(nameOf('3'));
    await writeFile(join(nameOf('3'), 'inside'), 'x');
    execFileSync('mkfifo', [nameOf('4')]);
    const cache = await open();
    for (const key of ['a', 'b']) expect((await cache.get(key))?.body).toEqual(tile(100).body);
    await eventually(async () => (await readdir(at('tiles'))).length === 2);
    for (const key of ['a', 'b']) expect((await cache.get(key))?.body).toEqual(tile(100).body);
  });

  it('does not read a file that was replaced by a pipe or by one of 600 MB, and removes them', async () => {
    const cache = await open();
    for (const key of ['pipe', 'huge']) await cache.set(key, tile(100));
    const pathOf = (key: string) => join(at('tiles'), `${fileOf(key)}.tile`);
    await rm(pathOf('pipe'));
    execFileSync('mkfifo', [pathOf('pipe')]);
    await truncate(pathOf('huge'), 600e6);
    const before = process.memoryUsage().arrayBuffers;
    for (const key of ['pipe', 'huge']) expect(await cache.get(key)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    await eventually(async () => (await readdir(at('tiles'))).length === 0);
    await writeFile(pathOf('huge'), '');
    await truncate(pathOf('huge'), 600e6);
    await open(1e9);
    await eventually(async () => (await readdir(at('tiles'))).length === 0);
  });

  it('opens while another program deletes files', async () => {
    const before = await open();
    for (let i = 0; i < 50; i++) await before.set(`tile-${i}`, tile(100));
    const opening = open();
    await Promise.all((await readdir(at('tiles'))).slice(0, 25).map((name) => rm(join(at('tiles'), name))));
    const cache = await opening;
    await cache.set('new', tile(100));
    const found = await Promise.all(Array.from({ length: 50 }, (_, i) => cache.get(`tile-${i}`)));
    expect(found.filter(Boolean)).toHaveLength(25);
  });

  it('keeps what was written while it indexes, and the most recent tiles of earlier runs, within its limit', async () => {
    const before = await open();
    for (let i = 0; i < 10; i++) {
      await before.set(`tile-${i}`, tile(15_000));
      const name = (await readdir(at('tiles'))).find((each) => each.startsWith(fileOf(`tile-${i}`)))!;
      await utimes(join(at('tiles'), name), i, i);
    }
    const cache = await open(50_000);
    await cache.set('new', tile(15_000));
    await eventually(async () => (await diskUsage()).files === 3);
    for (const key of ['new', 'tile-9', 'tile-8']) expect(await cache.get(key)).toBeDefined();
  });

  it.each([
    ['a file', (path: string) => writeFile(path, '')],
    ['a link to nowhere', (path: string) => symlink('/proc/nowhere/x', path)],
  ])('whose folder is %s works as an empty cache with an issue', async (_what, create) => {
    await create(at('tiles'));
    const cache = await open();
    expect(cache.issue?.action).toContain('TILE_CACHE_DIR');
    await cache.set('a', tile(100));
    expect(await cache.get('a')).toBeUndefined();
  });

  it('that is not writable works as an empty cache, and logs that once', async () => {
    const cache = await open();
    await import('node:fs/promises').then(({ rm }) => rm(at('tiles'), { recursive: true }));
    await cache.set('a', tile(100));
    await cache.set('b', tile(100));
    expect(await cache.get('a')).toBeUndefined();
    expect(log.lines.filter(({ message }) => message.includes('disk cache')).length).toBe(1);
  });
});
