/** Pseudo-random choices that can be repeated: the same seed and stream give the same choices (sfc32). */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  /** The streams of one seed are independent of each other. */
  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = stream | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** From 0 up to, but not including, 1. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('cannot pick from an empty list');
    return items[this.below(items.length)]!;
  }

  /** One of the values, with a probability in proportion to its weight. */
  weighted<T>(entries: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.below(entries.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of entries) if ((left -= weight) < 0) return value;
    throw new Error('cannot pick from an empty list');
  }

  /** A copy in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }

  /** One to `longest` characters of `alphabet`. */
  text(alphabet: string, longest: number): string {
    return Array.from({ length: 1 + this.below(longest) }, () => alphabet[this.below(alphabet.length)]).join(
      '',
    );
  }

  /** One to `longest` random bytes as a Latin-1 string. */
  noise(longest: number): string {
    return Array.from({ length: 1 + this.below(longest) }, () => String.fromCharCode(this.below(256))).join(
      '',
    );
  }

  /** An unsigned number of 32 bits. */
  private next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }
}
