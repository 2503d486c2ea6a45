import fc from 'fast-check';

/** `FC_RUNS_FACTOR=100` looks a hundred times as long. */
const FACTOR = Number(process.env.FC_RUNS_FACTOR ?? 1);
if (!(FACTOR > 0)) throw new Error('FC_RUNS_FACTOR must be a number above 0');

/** Tries `property` on so many values; a failure says the smallest value found and the seed that leads to it. */
export function holds<T>(property: fc.IProperty<T>, runs = 300): void {
  fc.assert(property, { numRuns: Math.ceil(runs * FACTOR) });
}

/** What `attempt` gives, or the error of that type which it throws; any other error goes through. */
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
