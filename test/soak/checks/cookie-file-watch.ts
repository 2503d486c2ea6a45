import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Files } from '../setup/files.js';
import type { Tally } from '../tally.js';

/** Reads the cookie file at every change: a reader must find complete JSON at any moment. */
export class CookieFileWatch {
  private readonly watcher: FSWatcher;

  constructor(files: Files, tally: Tally) {
    this.watcher = watch(dirname(files.cookies), (_event, name) => {
      if (name === basename(files.cookies) && !files.areCookiesComplete)
        tally.add('the cookie file is incomplete while it is written');
    });
  }

  stop(): void {
    this.watcher.close();
  }
}
