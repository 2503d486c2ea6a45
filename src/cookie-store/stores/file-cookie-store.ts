import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../common/files/atomic-write.js';
import type { Clock } from '../../common/clock.js';
import { watchPath } from '../../common/files/watch-path.js';
import {
  parseCookies,
  serializeCookies,
  type CookieEntry,
  SESSION_COOKIE,
  chooseCookies,
  type StoredCookies,
} from '../../strava-cookies/index.js';
import type { CookieStore } from './cookie-store.js';

/** Cookies in a file that people make with a browser extension; written back with everything else in it kept. */
export class FileCookieStore implements CookieStore {
  readonly place: string;
  /** The session that the file held when it was last read or written here. */
  private knownSession: string | undefined;

  constructor(
    private readonly path: string,
    private readonly tilesUrl: string,
    private readonly clock: Clock,
  ) {
    this.place = path;
  }

  async load(): Promise<StoredCookies> {
    const stored = this.choose(await this.entries());
    this.knownSession = stored.session?.reveal();
    return stored;
  }

  async save({ session, signed }: StoredCookies): Promise<void> {
    const updates = new Map([...(signed?.values ?? [])].map(([name, value]) => [name, value.reveal()]));
    if (session) updates.set(SESSION_COOKIE, session.reveal());
    // Read anew: other entries may have changed since, and a file that cannot be understood is not overwritten.
    const entries = await this.entries();
    const found = this.choose(entries).session?.reveal();
    // Somebody has just put another session in: it must not be lost, and the watcher is about to report it.
    if (found !== undefined && found !== this.knownSession && found !== session?.reveal()) return;
    const content = serializeCookies(entries, updates);
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.path, content);
    this.knownSession = session?.reveal();
  }

  watch(changed: () => void): () => void {
    return watchPath(this.path, changed);
  }

  private choose(entries: readonly CookieEntry[]): StoredCookies {
    return chooseCookies(entries, this.tilesUrl, this.clock.now());
  }

  private async entries(): Promise<CookieEntry[]> {
    try {
      return parseCookies(await readFile(this.path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}
