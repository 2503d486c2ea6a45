import fc from 'fast-check';

/** `FC_RUNS_FACTOR=100` tries a hundred times as many values. */
const FACTOR = Number(process.env.FC_RUNS_FACTOR ?? 1);
if (!(FACTOR > 0))
  throw new Error(`FC_RUNS_FACTOR is "${process.env['FC_RUNS_FACTOR']}"; set a number above 0`);

/** `FC_SEED=1` tries the same values in each run; without it the values differ. */
const SEED = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

/** Tries `property` with `runs` random values; a failure reports the smallest value found and its seed. */
export function holds<T>(property: fc.IProperty<T>, runs = 300): void {
  fc.assert(property, { numRuns: Math.ceil(runs * FACTOR), ...SEED });
}

/** As {@link holds}, for a property that awaits. */
export function holdsAsync<T>(property: fc.IAsyncProperty<T>, runs = 300): Promise<void> {
  return fc.assert(property, { numRuns: Math.ceil(runs * FACTOR), ...SEED });
}

/** The result of `attempt`, or the error of that type that it throws; other errors are thrown on. */
export function outcome<T, E extends Error>(
  type: abstract new (...args: never[]) => E,
  attempt: () => T,
): T | E {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
}
