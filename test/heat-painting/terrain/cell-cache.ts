/** A tile by zoom level, column and row. */
export interface Cell {
  level: number;
  column: number;
  row: number;
}

const CAPACITY = 100_000;

/** A cache of values for cells; it is cleared when full. */
export class CellCache<Value> {
  private readonly values = new Map<number, Value | null>();

  get(level: number, column: number, row: number, compute: (cell: Cell) => Value | null): Value | null {
    const width = 2 ** level;
    const key = (level * width + row) * width + column;
    const cached = this.values.get(key);
    if (cached !== undefined) return cached;
    const value = compute({ level, column, row });
    if (this.values.size >= CAPACITY) this.values.clear();
    this.values.set(key, value);
    return value;
  }
}
