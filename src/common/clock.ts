/** Time as a dependency, so that a test can simulate weeks in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch, for dates. The system time may be set back or forward. */
  now(): number;
  /** Milliseconds on the monotonic clock, for durations: it starts at any value and is never set. */
  elapsed(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it. A pending task does not keep the process alive. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** One moment on both clocks of {@link Clock}. */
export interface Times {
  readonly now: number;
  readonly elapsed: number;
}

export function timesOf(clock: Clock): Times {
  return { now: clock.now(), elapsed: clock.elapsed() };
}

/** Max delay of setTimeout (31 bits). A longer delay fires at this limit, so callers compare the time and reschedule. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(Math.max(delayMs, 0), MAX_TIMEOUT_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
