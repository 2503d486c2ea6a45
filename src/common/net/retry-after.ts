/** Maximum of a pause that an upstream can ask for. */
export const MAX_RETRY_AFTER_SECONDS = 3600;

/** Seconds of a `Retry-After` header (RFC 9110, 10.2.3: seconds or a date), at most {@link MAX_RETRY_AFTER_SECONDS}; undefined if it cannot be parsed. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  // Date.parse reads "1.5" as a day in 2001; an HTTP date starts with the name of the day.
  const time = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : Math.ceil((time - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS);
}
