/** The run in numbers, for people. Pure. */
import type { Tally } from './tally.js';
import type { Vitals } from './checks/process-metrics.js';

const MIB = 2 ** 20;

export const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

export const vitalsLine = ({ residentBytes, heapBytes, descriptors, series }: Vitals): string =>
  `${mebibytes(residentBytes)} resident, ${mebibytes(heapBytes)} heap, ` +
  `${descriptors ?? 'unknown'} descriptors, ${series} series of metrics`;

export function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const lines = [...rows, ['total', total] as const].map(
    ([name, count]) => `  ${name.padEnd(28)}${String(count).padStart(10)}`,
  );
  return [title, ...lines, ''].join('\n');
}

export function violations(tally: Tally): string {
  return [...tally.violations]
    .map(([what, { count, cases }]) =>
      [`VIOLATION (${count}x): ${what}`, ...cases.map((text) => `    ${text}`)].join('\n'),
    )
    .join('\n');
}
