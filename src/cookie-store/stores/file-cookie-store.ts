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

/** Cookies in a cookie file, as exported by a browser extension. Saving preserves every other entry of the file. */
export class FileCookieStore implements CookieStore {
  readonly place: string;
  /** The session in the file when this store last read or wrote it. */
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
    // Read again: other entries may have changed, and a file that cannot be parsed must not be overwritten.
    const entries = await this.entries();
    const sessionInFile = this.choose(entries).session?.reveal();
    // The file has a new session from another writer. It must not be lost; the watcher is about to report it.
    if (
      sessionInFile !== undefined &&
      sessionInFile !== this.knownSession &&
      sessionInFile !== session?.reveal()
    )
      return;
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
