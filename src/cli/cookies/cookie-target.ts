/** The cookie file that a command writes, checked before the login or import starts. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileProblem } from '../../common/files/read-text.js';
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
      // A file that is mounted alone is written in place.
      await access(this.path, constants.W_OK).catch(() => access(dirname(this.path), constants.W_OK));
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Writes the cookies and preserves the other entries, as they are in the file at this moment. */
  async write(cookies: StoredCookies): Promise<void> {
    try {
      await this.store.load();
      await this.store.save(cookies);
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): CommandFailure {
    return new CommandFailure(EXIT.failed, `${this.path} cannot be written: ${fileProblem(error)}`);
  }
}
