/** Characters of a key that count as a part of it. */
const LENGTH = 8;

/** Finds parts of a key in text. */
export class KeyParts {
  private readonly parts: readonly string[];

  constructor(key: string) {
    this.parts = Array.from({ length: key.length - LENGTH + 1 }, (_, at) => key.slice(at, at + LENGTH));
  }

  isIn(text: string): boolean {
    return this.parts.some((part) => text.includes(part));
  }
}
