/** Puts cookies into the store one after the other, in the background; that it cannot is said once. */
import type { Log } from '../../common/log.js';
import type { StoredCookies } from '../../strava-cookies/index.js';
import type { CookieStore } from './cookie-store.js';
import { errorSummary } from '../../common/error-summary.js';

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
          const fields = { place: this.store.place, problem: errorSummary(error) };
          if (!this.failing)
            this.log.warn(fields, 'the cookies cannot be written back; they are kept in memory');
          this.failing = true;
        },
      );
  }

  /** Resolves when everything so far is written, or could not be. */
  async settled(): Promise<void> {
    await this.last;
  }
}
