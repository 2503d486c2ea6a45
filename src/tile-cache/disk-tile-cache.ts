import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { HealthIssue } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import type { CachedTile } from './cached-tile.js';
import type { TileCache } from './tile-cache.js';
import { readTile, writeTile } from './tile-record.js';

const FILE = /^[0-9a-f]{40}\.tile$/;
/** Block size of common file systems: the disk space that the smallest file uses. */
const BLOCK_BYTES = 4096;

/** Tiles in a folder that belongs to this process alone, bounded by bytes; they survive a restart. */
export class DiskTileCache implements TileCache {
  readonly name = 'disk';
  /** Set by a failed write, cleared by a successful one. */
  issue: HealthIssue | undefined;
  /** File sizes by name, most recently used first. */
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

  /** Creates the folder if needed and indexes its files. Rejects when the folder cannot be used. */
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
        // Left over from an interrupted write.
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
        // After a restart, the modification time restores the order of use.
        const now = new Date();
        void utimes(join(this.folder, name), now, now).catch(() => undefined);
        return tile;
      }
    } catch {
      // The file was deleted outside the process: a cache miss.
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
      // The index rejects a file larger than the whole cache.
      if (!this.files.has(name)) await unlink(path);
      this.issue = undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!this.issue)
        this.log.warn(
          { folder: this.folder, problem: code },
          'the disk cache is not writable; tiles are cached without it',
        );
      this.issue = {
        reason: `the disk cache is not writable (${code})`,
        action: 'check the permissions and the free space of TILE_CACHE_DIR',
      };
      await unlink(temporary).catch(() => undefined);
    }
  }
}

let writes = 0;

function nameOf(key: string): string {
  return `${createHash('sha1').update(key).digest('hex')}.tile`;
}
