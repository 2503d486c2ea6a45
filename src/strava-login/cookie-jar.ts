import { parseCookie } from 'undici';

/** Names and values that can be sent back without a change to the meaning of the `Cookie` header. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x21-\x3a\x3c-\x7e]+$/;

/** The cookies of one login, from response to request. Domains and paths are ignored, because the login uses one host. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  /** Stores the cookies of `Set-Cookie` lines. An empty value deletes a cookie; malformed lines are ignored. */
  take(lines: string | readonly string[] | undefined): void {
    for (const line of [lines ?? []].flat()) {
      const { name = '', value = '' } = parseCookie(line) ?? {};
      if (value === '') this.cookies.delete(name);
      else if (NAME.test(name) && VALUE.test(value)) this.cookies.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.cookies.get(name);
  }

  /** Value of a `Cookie` header. */
  header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
