import type { Clock } from '../../common/clock.js';
import { Secret } from '../../common/secret.js';
import { readText } from '../../common/files/read-text.js';
import { watchPath } from '../../common/files/watch-path.js';
import { readSessions, type StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore } from './cookie-store.js';

/** A session in a setting, or in a secret file that is reloaded when it changes. */
export class SessionCookieStore implements CookieStore {
  private signed: StoredCookies['signed'];

  constructor(
    readonly place: string,
    private readonly source: Secret | { readonly path: string },
    private readonly clock: Clock,
  ) {}

  async load(): Promise<StoredCookies> {
    if (this.source instanceof Secret) return { session: this.source, signed: this.signed };
    const text = await readText(this.source.path);
    if (text.trim() === '') return { session: undefined, signed: undefined };
    const [session, ...otherSessions] = readSessions(text, this.clock.now());
    return { session, signed: undefined, ...(otherSessions.length > 0 && { otherSessions }) };
  }

  async save(cookies: StoredCookies): Promise<void> {
    this.signed = cookies.signed;
  }

  watch(changed: () => void): () => void {
    return this.source instanceof Secret ? () => undefined : watchPath(this.source.path, changed);
  }
}
