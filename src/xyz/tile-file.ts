/** The last path segment of a tile URL, e.g. `5@2x.png`. Pure. */
export interface TileFile {
  readonly number: string;
  /** Suffix for the tile size: `@2x`, `@4x`, `@small`, or empty. */
  readonly suffix: string;
}

/** Undefined if the segment does not end in `.png`. */
export function parseTileFile(file: string): TileFile | undefined {
  const parts = /^([^@]*)(@[^@]*)?\.png$/s.exec(file);
  return parts ? { number: parts[1]!, suffix: parts[2] ?? '' } : undefined;
}
