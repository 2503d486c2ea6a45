/**
 * Milliseconds to wait after `failures` consecutive failures: doubles from `baseMs` up to `maxMs`, with a jitter of 75 to
 * 100 percent, so that replicas do not retry at the same time.
 */
export function backoff(failures: number, baseMs: number, maxMs: number, random: () => number): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.75 + 0.25 * random()));
}
