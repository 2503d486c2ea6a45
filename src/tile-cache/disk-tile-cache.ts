import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';
import { readTile, writeTile } from './tile-record.js';

const FILE = /^[0-9a-f]{40}\.tile$/;
/** A block of the file system, since that is what a small file takes. */
const BLOCK_BYTES = 4096;

/** Tiles in a folder of this process alone, bounded by bytes; they outlive a restart. */
export class DiskTileCache implements TileCache {
  readonly name = 'disk';
  /** Until a write succeeds again. */
  problem: string | undefined;
  /** Files and their sizes, the one used last first. */
  private readonly files: LRUCache<string, number>;

  private constructor(
    private readonly folder: string,
    maxBytes: number,
    private readonly staleMs: number,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.files = new LRUCache<string, number>({
      maxSize: maxBytes,
      sizeCalculation: (bytes) => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES,
      dispose: (_bytes, name, reason) => {
        if (reason !== 'set') unlink(join(folder, name)).catch(() => undefined);
      },
    });
  }

  /** Makes the folder where there is none, and looks what is in it. Rejects when it cannot be used. */
  static async open(
    folder: string,
    maxBytes: number,
    staleMs: number,
    clock: Clock,
    log: Log,
  ): Promise<DiskTileCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cache = new DiskTileCache(folder, maxBytes, staleMs, clock, log);
    const found: { name: string; bytes: number; used: number }[] = [];
    for (const name of await readdir(folder)) {
      if (!FILE.test(name)) {
        // What a write left behind that was cut short.
        if (/^[0-9a-f]{40}\.tile\.\d+$/.test(name)) await unlink(join(folder, name)).catch(() => undefined);
        continue;
      }
      const { size, mtimeMs } = await stat(join(folder, name));
      found.push({ name, bytes: size, used: mtimeMs });
    }
    for (const { name, bytes } of found.sort((a, b) => a.used - b.used)) cache.files.set(name, bytes);
    return cache;
  }

  async get(key: string): Promise<CachedTile | undefined> {
    const name = nameOf(key);
    if (this.files.get(name) === undefined) return undefined;
    try {
      const tile = readTile(key, await readFile(join(this.folder, name)));
      if (tile && tile.freshUntil + this.staleMs > this.clock.now()) {
        // So that a restart knows which ones were used last.
        const now = new Date();
        void utimes(join(this.folder, name), now, now).catch(() => undefined);
        return tile;
      }
    } catch {
      // Somebody has taken the file away; that is as good as never having had it.
    }
    this.files.delete(name);
    return undefined;
  }

  async set(key: string, tile: CachedTile): Promise<void> {
    const name = nameOf(key);
    const path = join(this.folder, name);
    const bytes = writeTile(key, tile);
    const temporary = `${path}.${++writes}`;
    try {
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, path);
      this.files.set(name, bytes.length);
      // Larger than the whole cache: the index does not take it.
      if (!this.files.has(name)) await unlink(path);
      this.problem = undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (this.problem === undefined)
        this.log.warn(
          { folder: this.folder, problem: code },
          'the disk cache cannot be written; going on without',
        );
      this.problem = `the disk cache cannot be written (${code})`;
      await unlink(temporary).catch(() => undefined);
    }
  }
}

let writes = 0;

function nameOf(key: string): string {
  return `${createHash('sha1').update(key).digest('hex')}.tile`;
}
