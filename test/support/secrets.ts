/** What must never be seen, and where it is. Whoever shows the beginning of a secret shows too much already. */
export class Secrets {
  /** First characters of every form of every secret, and whose they are. */
  private readonly beginnings = new Map<string, string>();
  /** The first two characters of these, so that most places of a text cost one look. */
  private readonly pairs = new Uint8Array(65_536);

  /** How many there are by now. */
  count = 0;

  /** From now on `value` is a secret: as it is, in base64 at any place of a longer text, and percent-encoded. */
  add(name: string, value: string): void {
    if (value.length < BEGINNING) throw new Error(`${name} is too short to be told from chance`);
    this.count++;
    for (const form of formsOf(value)) {
      const beginning = form.slice(0, BEGINNING);
      this.beginnings.set(beginning, name);
      this.pairs[pairAt(beginning, 0)] = 1;
    }
  }

  /** Names of the secrets that occur in `text`, `except` for one that has a right to be there. */
  in(text: string, except?: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at <= text.length - BEGINNING; at++) {
      if (this.pairs[pairAt(text, at)] === 0) continue;
      const name = this.beginnings.get(text.slice(at, at + BEGINNING));
      if (name !== undefined && name !== except) found.add(name);
    }
    return [...found];
  }
}

const BEGINNING = 12;

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value, 'latin1');
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const encoded = encodeURIComponent(value);
  const base64 = [0, 1, 2].flatMap((offset) => base64At(bytes, offset));
  return new Set([
    value,
    encoded,
    encoded.replace(/%../g, (escape) => escape.toLowerCase()),
    everyByte,
    everyByte.toUpperCase(),
    ...base64,
  ]);
}

/** How `bytes` look within the base64 of a text in which `offset` bytes (of three) stand before them. */
function base64At(bytes: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  // Characters at both ends also depend on what stands beside the bytes.
  const skipped = Math.ceil((offset * 4) / 3);
  const whole = Math.floor((padded.length * 4) / 3);
  return (['base64', 'base64url'] as const)
    .map((alphabet) => padded.toString(alphabet).slice(skipped, whole))
    .filter((form) => form.length >= BEGINNING);
}
