/** Time as a dependency, so that a test can simulate weeks in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it. A pending task does not keep the process alive. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** Max delay of setTimeout (31 bits). A longer delay fires at this limit, so callers compare the time and reschedule. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(Math.max(delayMs, 0), MAX_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
