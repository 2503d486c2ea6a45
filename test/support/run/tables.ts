/** Text for the report of a test run. Pure. */
import type { Counts } from './counts.js';

/** Columns as wide as their widest cell; the first one is aligned left, the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n');
}

/** Names and counts, highest count first, with the total. */
export function countTable(counts: Counts): string {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return table([...rows, ['total', counts.total] as const].map(([name, count]) => [name, String(count)]));
}

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The beginning of bytes that were sent or received, with escapes. */
export function excerpt(bytes: string | Buffer, most = 400): string {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  const start = JSON.stringify(text.slice(0, most));
  return text.length > most ? `${start}... (${text.length} bytes)` : start;
}
