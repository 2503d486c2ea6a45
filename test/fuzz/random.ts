/** Choices that look random and can be made again: the same seed and stream give the same ones. Pure. */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  /** Each `stream` of a seed is independent of the others, so that one request can be made again by itself. */
  constructor(seed: number, stream: number) {
    this.a = seed | 0;
    this.b = stream | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor((this.next() / 2 ** 32) * below);
  }

  chance(probability: number): boolean {
    return this.next() / 2 ** 32 < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  /** One of the values, as often as its weight says. */
  weighted<T>(entries: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.int(entries.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of entries) if ((left -= weight) < 0) return value;
    throw new Error('there is nothing to choose from');
  }

  /** Up to `longest` characters of `alphabet`, at least one. */
  text(alphabet: string, longest: number): string {
    return Array.from({ length: 1 + this.int(longest) }, () => alphabet[this.int(alphabet.length)]).join('');
  }

  /** Up to `longest` bytes of any value as a Latin-1 string, at least one. */
  noise(longest: number): string {
    return Array.from({ length: 1 + this.int(longest) }, () => String.fromCharCode(this.int(256))).join('');
  }

  /** sfc32, a small fast counter generator; an unsigned number of 32 bits. */
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
