import { readFile } from 'node:fs/promises';
import { Secret } from '../../common/secret.js';
import { watchPath } from '../../common/files/watch-path.js';
import { CookieFileError, isCookieValue, type StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore } from './cookie-store.js';

/** A session given as a bare value: in a setting, or in a secret file that is reloaded when it changes. */
export class SessionCookieStore implements CookieStore {
  private signed: StoredCookies['signed'];

  constructor(
    readonly place: string,
    private readonly source: Secret | { readonly path: string },
  ) {}

  async load(): Promise<StoredCookies> {
    if (this.source instanceof Secret) return { session: this.source, signed: this.signed };
    const value = (await readFile(this.source.path, 'utf8')).trim();
    if (value === '') return { session: undefined, signed: undefined };
    if (!isCookieValue(value))
      throw new CookieFileError(
        'the file is not a bare cookie value; it must contain the value of _strava4_session and nothing else',
      );
    return { session: new Secret(value), signed: undefined };
  }

  async save(cookies: StoredCookies): Promise<void> {
    this.signed = cookies.signed;
  }

  watch(changed: () => void): () => void {
    return this.source instanceof Secret ? () => undefined : watchPath(this.source.path, changed);
  }
}
