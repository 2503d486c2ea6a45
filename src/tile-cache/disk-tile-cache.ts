import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { HealthIssue } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import type { CacheRules } from './cache-rules.js';
import type { CachedTile } from './cached-tile.js';
import { readRecord } from './read-record.js';
import type { TileCache } from './tile-cache.js';
import { MAX_RECORD_BYTES, readTile, writeTile } from './tile-record.js';

const FILE = /^[0-9a-f]{40}\.tile$/;
const TEMPORARY_FILE = /^[0-9a-f]{40}\.tile\.\d+$/;
/** Block size of common file systems: the disk space that the smallest file uses. */
const BLOCK_BYTES = 4096;

/** Tiles in a folder that belongs to this process alone, bounded by bytes; they survive a restart. */
export class DiskTileCache implements TileCache {
  readonly name = 'disk';
  /** Set when the folder cannot be used, cleared by a successful write. */
  issue: HealthIssue | undefined;
  /** File sizes by name, most recently used first. */
  private readonly files: LRUCache<string, number>;
  /** Files of earlier runs that are not in the index yet. */
  private unindexed = new Set<string>();

  private constructor(
    private readonly folder: string,
    maxBytes: number,
    private readonly rules: CacheRules,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.files = new LRUCache<string, number>({
      maxSize: maxBytes,
      sizeCalculation: diskBytes,
      dispose: (_bytes, name, reason) => {
        if (reason !== 'set') void this.remove(name);
      },
    });
  }

  /** Creates the folder if needed, and indexes its files in the background. A folder that cannot be used is an issue. */
  static async open(
    folder: string,
    maxBytes: number,
    rules: CacheRules,
    clock: Clock,
    log: Log,
  ): Promise<DiskTileCache> {
    const cache = new DiskTileCache(folder, maxBytes, rules, clock, log);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const names = await readdir(folder);
      // Left over from an interrupted write.
      await Promise.all(names.filter((name) => TEMPORARY_FILE.test(name)).map((name) => cache.remove(name)));
      cache.unindexed = new Set(names.filter((name) => FILE.test(name)));
    } catch (error) {
      cache.fail(error);
    }
    void cache.index();
    return cache;
  }

  /** Adds the files of earlier runs to the index, the least recently used ones first, and removes what is no tile. */
  private async index(): Promise<void> {
    const found: { name: string; bytes: number; used: number }[] = [];
    for (const name of this.unindexed) {
      const file = await lstat(join(this.folder, name)).catch(() => undefined);
      if (file?.isFile() && file.size > 0 && file.size <= MAX_RECORD_BYTES)
        found.push({ name, bytes: file.size, used: file.mtimeMs });
      else if (file) await this.remove(name);
    }
    const old = found.filter(({ name }) => this.unindexed.has(name)).sort((a, b) => a.used - b.used);
    let free = this.files.maxSize - this.files.calculatedSize;
    const kept = old.findLastIndex(({ bytes }) => (free -= diskBytes(bytes)) < 0) + 1;
    // What was written since the start is the most recent.
    const recent = [...this.files.rkeys()];
    for (const { name, bytes } of old.slice(kept)) this.files.set(name, bytes);
    for (const name of recent) this.files.get(name);
    this.unindexed.clear();
    for (const { name } of old.slice(0, kept)) await this.remove(name);
  }

  async get(key: string): Promise<CachedTile | undefined> {
    const id = this.idOf(key);
    const name = fileNameOf(id);
    if (this.files.get(name) === undefined && !(await this.isUnindexedFile(name))) return undefined;
    try {
      const maxFreshUntil = this.clock.now() + this.rules.ttlMs;
      const tile = readTile(id, await readRecord(join(this.folder, name)), maxFreshUntil);
      if (tile && tile.freshUntil + this.rules.staleMs > this.clock.now()) {
        // After a restart, the modification time restores the order of use.
        const now = new Date();
        void utimes(join(this.folder, name), now, now).catch(() => undefined);
        return tile;
      }
    } catch {
      // The file was deleted or replaced outside the process: a cache miss.
    }
    if (!this.files.delete(name)) await this.remove(name);
    return undefined;
  }

  private async isUnindexedFile(name: string): Promise<boolean> {
    if (!this.unindexed.has(name)) return false;
    const file = await lstat(join(this.folder, name)).catch(() => undefined);
    return file?.isFile() ?? false;
  }

  async set(key: string, tile: CachedTile): Promise<void> {
    const id = this.idOf(key);
    const name = fileNameOf(id);
    const path = join(this.folder, name);
    const bytes = writeTile(id, tile);
    const temporary = `${path}.${process.pid}${++writes}`;
    try {
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, path);
      this.unindexed.delete(name);
      this.files.set(name, bytes.length);
      // The index rejects a file larger than the whole cache.
      if (!this.files.has(name)) await unlink(path);
      this.issue = undefined;
    } catch (error) {
      this.fail(error);
      await this.remove(basename(temporary));
    }
  }

  private idOf(key: string): string {
    return `${this.rules.upstream}/${key}`;
  }

  /** Reports the first of several failures in a row. */
  private fail(error: unknown): void {
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
  }

  /** Also removes a folder or a link with the name of a tile. */
  private async remove(name: string): Promise<void> {
    this.unindexed.delete(name);
    await rm(join(this.folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function diskBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

let writes = 0;

function fileNameOf(id: string): string {
  return `${createHash('sha1').update(id).digest('hex')}.tile`;
}
