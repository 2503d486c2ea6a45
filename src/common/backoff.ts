/**
 * Milliseconds to wait after the `failures`-th failure in a row: doubles from `baseMs`, ends at `maxMs`, and is
 * spread over 75 to 100 percent so that replicas do not move in step.
 */
export function backoff(failures: number, baseMs: number, maxMs: number, random: () => number): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.75 + 0.25 * random()));
}
