/** How often each name occurred. */
export class Counts extends Map<string, number> {
  add(name: string): void {
    this.set(name, this.of(name) + 1);
  }

  /** The sum of the counts of `names`; 0 for a name that did not occur. */
  of(...names: string[]): number {
    return names.reduce((sum, name) => sum + (this.get(name) ?? 0), 0);
  }

  get total(): number {
    return this.of(...this.keys());
  }
}
