/** Time as a dependency, so that a test of several weeks runs in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels. A waiting task does not keep the process alive. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** setTimeout takes 31 bits: a longer delay fires at this bound, and whoever scheduled looks at the time again. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
