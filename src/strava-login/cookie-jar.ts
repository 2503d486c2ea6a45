/** The cookies of one login, from answer to request. No domains or paths: it talks to one host. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  /** Takes `Set-Cookie` lines; an empty value deletes, and what does not fit a header is passed over. */
  take(lines: string | readonly string[] | undefined): void {
    for (const line of [lines ?? []].flat()) {
      const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21-\x3a\x3c-\x7e]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
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
