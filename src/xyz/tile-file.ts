/** The last segment of a tile's address, e.g. `5@2x.png`. Pure. */
export interface TileFile {
  readonly number: string;
  /** What stands between the number and `.png`: `@2x`, `@4x`, `@small`, or nothing. */
  readonly suffix: string;
}

/** Undefined when it does not end in `.png`. */
export function parseTileFile(file: string): TileFile | undefined {
  const parts = /^([^@]*)(@[^@]*)?\.png$/s.exec(file);
  return parts ? { number: parts[1]!, suffix: parts[2] ?? '' } : undefined;
}
