import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../common/files/atomic-write.js';
import type { Clock } from '../../common/clock.js';
import { PROGRAM } from '../../common/program-name.js';
import { quoted } from '../../common/text/quoted.js';
import { readText } from '../../common/files/read-text.js';
import { watchPath } from '../../common/files/watch-path.js';
import {
  CookieFileError,
  parseCookies,
  serializeCookies,
  domainOf,
  type CookieEntry,
  type FoundCookies,
  SESSION_COOKIE,
  chooseCookies,
  type StoredCookies,
} from '../../strava-cookies/index.js';
import type { CookieStore, LoadedCookies } from './cookie-store.js';

/**
 * Cookies in a cookie file of any format. Saving writes the exporter's format and preserves every other cookie of the file; a file of
 * another program that contains more than cookies is never written.
 */
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

  /** Also creates the folder, so that the file can be saved to it. */
  async load(): Promise<LoadedCookies> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 }).catch(() => undefined);
    const { entries } = await this.read();
    const stored = this.choose(entries);
    this.knownSession = stored.session?.reveal();
    const isUnusable = entries.length > 0 && !stored.session && !stored.signed;
    return isUnusable ? { ...stored, unusable: unusable(entries) } : stored;
  }

  async save({ session, signed, otherSessions = [] }: StoredCookies): Promise<void> {
    const updates = new Map([...(signed?.values ?? [])].map(([name, value]) => [name, value.reveal()]));
    if (session) updates.set(SESSION_COOKIE, session.reveal());
    // Read again: other entries may have changed, and a file that cannot be parsed must not be overwritten.
    const { entries, foreign } = await this.read();
    if (foreign) throw new CookieFileError(FOREIGN);
    const sessionInFile = this.choose(entries).session?.reveal();
    // The file has a new session from another writer. It must not be lost; the watcher is about to report it.
    if (
      sessionInFile !== undefined &&
      sessionInFile !== this.knownSession &&
      sessionInFile !== session?.reveal()
    )
      return;
    const content = serializeCookies(
      entries,
      updates,
      otherSessions.map((other) => other.reveal()),
    );
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

  private async read(): Promise<FoundCookies> {
    try {
      return parseCookies(await readText(this.path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { entries: [], passedOver: 0 };
      throw error;
    }
  }
}

const UNUSABLE =
  'the file contains cookies, but neither a session (_strava4_session) nor all four signed cookies of strava.com';

/** Names the sites of a file without cookies of Strava: the export was made on another page. */
function unusable(entries: readonly CookieEntry[]): string {
  const sites = [...new Set(entries.map(domainOf))].filter((domain) => domain !== undefined);
  if (sites.length === 0 || sites.some((site) => /(?:^|\.)strava\.com$/.test(site))) return UNUSABLE;
  const more = sites.length > 2 ? ` and ${sites.length - 2} more` : '';
  const named = sites
    .slice(0, 2)
    .map((site) => quoted(site))
    .join(', ');
  return `${UNUSABLE}; its cookies are of ${named}${more}, so export them on www.strava.com`;
}

const FOREIGN = `the file is a JSON object of another program, which is not overwritten; convert it with "${PROGRAM} cookies import"`;
