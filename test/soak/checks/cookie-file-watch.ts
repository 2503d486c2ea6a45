import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Files } from '../setup/files.js';
import type { Tally } from '../tally.js';

/** Reads the cookie file at every change: whoever does so must find a whole one, at any moment. */
export class CookieFileWatch {
  private readonly watcher: FSWatcher;

  constructor(files: Files, tally: Tally) {
    this.watcher = watch(dirname(files.cookies), (_event, name) => {
      if (name === basename(files.cookies) && !files.areCookiesWhole)
        tally.violation('the cookie file is no whole JSON while it is written');
    });
  }

  stop(): void {
    this.watcher.close();
  }
}
