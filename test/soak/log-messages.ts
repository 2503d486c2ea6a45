/** Messages of the gateway's log that the soak waits for or accepts; a spec compares them with the sources. */
export const LOG_MESSAGES = {
  stopping: 'stopping',
  keysUnusable: 'the changed API keys are not usable; the previous keys stay in use',
  cookiesUnreadable: 'the changed cookies cannot be read; the previous ones stay in use',
} as const;

/** Messages at level `error` that the faults of the soak cause. */
export const EXPECTED_ERRORS: readonly string[] = [LOG_MESSAGES.keysUnusable];
