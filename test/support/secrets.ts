/** Searches text for secrets. The first characters of a secret count as a leak. */
export class Secrets {
  /** The first characters of every encoding of every secret, with the name of the secret. */
  private readonly prefixes = new Map<string, string>();
  /** The first two characters of those: one look-up is enough for most positions of a text. */
  private readonly pairs = new Uint8Array(65_536);

  /** Number of secrets. */
  count = 0;

  /** Adds a secret: in plain text, percent-encoded, and in base64 at any offset of a longer text. */
  add(name: string, value: string): void {
    if (value.length < PREFIX_LENGTH)
      throw new Error(`${name} has ${value.length} characters; a secret needs at least ${PREFIX_LENGTH}`);
    this.count++;
    for (const form of formsOf(value)) {
      const prefix = form.slice(0, PREFIX_LENGTH);
      this.prefixes.set(prefix, name);
      this.pairs[pairAt(prefix, 0)] = 1;
    }
  }

  /** Names of the secrets that occur in `text`, without the allowed one. */
  in(text: string, allowed?: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at <= text.length - PREFIX_LENGTH; at++) {
      if (this.pairs[pairAt(text, at)] === 0) continue;
      const name = this.prefixes.get(text.slice(at, at + PREFIX_LENGTH));
      if (name !== undefined && name !== allowed) found.add(name);
    }
    return [...found];
  }
}

const PREFIX_LENGTH = 12;

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

/** `bytes` within the base64 of a text that has `offset` bytes (of three) before them. */
function base64At(bytes: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  // Characters at both ends also depend on the adjacent bytes.
  const skipped = Math.ceil((offset * 4) / 3);
  const whole = Math.floor((padded.length * 4) / 3);
  return (['base64', 'base64url'] as const)
    .map((alphabet) => padded.toString(alphabet).slice(skipped, whole))
    .filter((form) => form.length >= PREFIX_LENGTH);
}
