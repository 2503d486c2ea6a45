/** Writes cookies to the store in the background, one write at a time. Logs the first of several failures in a row. */
import { fileProblem } from '../../common/files/read-text.js';
import type { Log } from '../../common/log.js';
import type { StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore } from './cookie-store.js';

export class CookieWriter {
  private last: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly store: CookieStore,
    private readonly log: Log,
  ) {}

  write(cookies: StoredCookies): void {
    this.last = this.last
      .then(() => this.store.save(cookies))
      .then(
        () => {
          this.failing = false;
        },
        (error: unknown) => {
          const fields = { place: this.store.place, problem: fileProblem(error) };
          if (!this.failing)
            this.log.warn(fields, 'the cookies cannot be written back; they are kept in memory');
          this.failing = true;
        },
      );
  }

  /** Resolves when all writes so far have ended, with or without success. */
  async settled(): Promise<void> {
    await this.last;
  }
}
