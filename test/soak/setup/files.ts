/** The cookie file and the key file, changed in place or replaced by rename, as editors do. */
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from '../../support/http/well-formed.js';
import { keyFile, type Key } from '../clients/keys.js';

const SESSION_COOKIE = '_strava4_session';

export class Files {
  readonly cookies: string;
  readonly keys: string;
  private inPlace = false;
  /** Whether the soak is writing the cookie file, or has made it invalid. */
  private changingCookies = false;

  constructor(folder: string) {
    this.cookies = join(folder, 'strava-cookies.json');
    this.keys = join(folder, 'api-keys.json');
  }

  /** Writes the session and an unrelated cookie, as after a login. */
  async putSession(value: string): Promise<void> {
    this.changingCookies = true;
    await this.put(this.cookies, sessionExport(value));
    this.changingCookies = false;
  }

  /** The cookie file is invalid from now until the next {@link putSession}. */
  async breakCookies(): Promise<void> {
    this.changingCookies = true;
    await this.put(this.cookies, (await readFile(this.cookies, 'utf8')).slice(0, -20));
  }

  async putKeys(keys: readonly Key[]): Promise<void> {
    await this.put(this.keys, keyFile(keys));
  }

  async breakKeys(): Promise<void> {
    await this.put(this.keys, (await readFile(this.keys, 'utf8')).slice(0, -20));
  }

  /** Whether the cookie file is complete JSON; true while the soak itself changes it. */
  get areCookiesComplete(): boolean {
    return this.changingCookies || Array.isArray(json(readFileSync(this.cookies, 'utf8')));
  }

  /** What is wrong with the cookie file when `session` is in force; undefined when it is complete. */
  async cookiesProblem(session: string, { signed }: { signed: boolean }): Promise<string | undefined> {
    const entries = json(await readFile(this.cookies, 'utf8'));
    if (!Array.isArray(entries)) return 'the cookie file is not a complete JSON array';
    const valueOf = (name: string): unknown =>
      (entries as { name?: unknown; value?: unknown }[]).find((entry) => entry.name === name)?.value;
    if (valueOf(SESSION_COOKIE) !== session) return 'the cookie file has lost the session';
    if (valueOf('unrelated') !== 'stays') return 'the cookie file has lost an unrelated cookie';
    return signed && valueOf('CloudFront-Signature') === undefined
      ? 'the cookie file has no signed cookies'
      : undefined;
  }

  private async put(path: string, content: string): Promise<void> {
    this.inPlace = !this.inPlace;
    if (this.inPlace) return writeFile(path, content, { mode: 0o600 });
    await writeFile(`${path}~`, content, { mode: 0o600 });
    await rename(`${path}~`, path);
  }
}

export function sessionExport(value: string): string {
  return JSON.stringify([
    { name: 'unrelated', value: 'stays' },
    { name: SESSION_COOKIE, value },
  ]);
}
