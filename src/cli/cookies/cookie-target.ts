/** The cookie file that a command writes, checked before the login or import starts. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secret } from '../../common/secret.js';
import { systemClock } from '../../common/clock.js';
import { FileCookieStore } from '../../cookie-store/index.js';
import type { StoredCookies } from '../../strava-cookies/index.js';
import { CommandFailure } from '../command.js';
import { EXIT } from '../exit-code.js';

export class CookieTarget {
  private readonly store: FileCookieStore;

  constructor(
    readonly path: string,
    tilesUrl: string,
  ) {
    this.store = new FileCookieStore(path, tilesUrl, systemClock);
  }

  /** Throws a {@link CommandFailure} when the existing file cannot be parsed, or its folder does not permit a write. */
  async prepare(): Promise<void> {
    try {
      await this.store.load();
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await access(dirname(this.path), constants.W_OK);
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Writes the cookies and preserves the other entries, as they are in the file at this moment. */
  async write(session: Secret | undefined, signed: StoredCookies['signed']): Promise<void> {
    try {
      await this.store.load();
      await this.store.save({ session, signed });
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): CommandFailure {
    const { code, message } = error as NodeJS.ErrnoException;
    return new CommandFailure(EXIT.failed, `${this.path} cannot be written: ${code ?? message}`);
  }
}
