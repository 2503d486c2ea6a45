/** The cookie file and the key file, as people change them: in place, or replaced by rename as editors do. */
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyFile, type Key } from '../clients/keys.js';
import { json } from '../checks/well-formed.js';

const SESSION_COOKIE = '_strava4_session';

export class Files {
  readonly cookies: string;
  readonly keys: string;
  private inPlace = false;
  /** Whether the cookie file is just being written here, or was broken on purpose. */
  private cookiesInHand = false;

  constructor(folder: string) {
    this.cookies = join(folder, 'strava-cookies.json');
    this.keys = join(folder, 'api-keys.json');
  }

  /** The cookie file of somebody who has just logged in, with a cookie that is nobody's business. */
  async putSession(value: string): Promise<void> {
    this.cookiesInHand = true;
    await this.put(this.cookies, sessionExport(value));
    this.cookiesInHand = false;
  }

  /** From here until the next session is put, the cookie file is broken. */
  async breakCookies(): Promise<void> {
    this.cookiesInHand = true;
    await this.put(this.cookies, (await readFile(this.cookies, 'utf8')).slice(0, -20));
  }

  async putKeys(keys: readonly Key[]): Promise<void> {
    await this.put(this.keys, keyFile(keys));
  }

  async breakKeys(): Promise<void> {
    await this.put(this.keys, (await readFile(this.keys, 'utf8')).slice(0, -20));
  }

  /** Whether the cookie file is whole now, as far as that is not in this side's hand. */
  get areCookiesWhole(): boolean {
    return this.cookiesInHand || Array.isArray(json(readFileSync(this.cookies, 'utf8')));
  }

  /** What is wrong with the cookie file when `session` is the one in force; undefined when it is whole. */
  async cookiesProblem(session: string, { signed }: { signed: boolean }): Promise<string | undefined> {
    const entries = json(await readFile(this.cookies, 'utf8'));
    if (!Array.isArray(entries)) return 'the cookie file is no whole JSON array';
    const valueOf = (name: string): unknown =>
      (entries as { name?: unknown; value?: unknown }[]).find((entry) => entry.name === name)?.value;
    if (valueOf(SESSION_COOKIE) !== session) return 'the cookie file has lost the session';
    if (valueOf('unrelated') !== 'stays') return 'the cookie file has lost an entry';
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
