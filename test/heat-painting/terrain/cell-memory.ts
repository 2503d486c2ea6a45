/** A tile of some zoom level. */
export interface Cell {
  level: number;
  column: number;
  row: number;
}

const REMEMBERED = 100_000;

/** What has been worked out about cells; forgets everything when it is full. */
export class Memory<Value> {
  private readonly known = new Map<number, Value | null>();

  recall(level: number, column: number, row: number, workOut: (cell: Cell) => Value | null): Value | null {
    const width = 2 ** level;
    const key = (level * width + row) * width + column;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const value = workOut({ level, column, row });
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, value);
    return value;
  }
}
