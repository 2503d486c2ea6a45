/**
 * The record of past pushes, and the next automatic push that follows from it. Pure, except for the digest.
 *
 * `pushed` is the digest of the session that the gateway accepted last; `failed` is `{ digest, cause, times, retryAt }` of
 * the failures since; `last` is `{ ok, text, at, auto }` for the popup.
 */

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** Identifies a session at a gateway without revealing either. */
export async function digestOf(url, session) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${url}\n${session}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `{ do: 'push' }`, `{ do: 'nothing' }`, or `{ do: 'wait', until }`; `until` is undefined if only another session helps. */
export function nextStep({ pushed, failed }, digest, now) {
  if (digest === pushed) return { do: 'nothing' };
  if (failed === undefined || now >= failed.retryAt) return { do: 'push' };
  if (failed.cause === 'gateway') return { do: 'wait', until: failed.retryAt };
  // No retry for a session that was refused; a login creates another one.
  return failed.digest === digest ? { do: 'wait', until: undefined } : { do: 'push' };
}

/** The record after a push. Pauses double from one minute up to six hours. */
export function recordAfter(record, digest, result, auto, now) {
  const last = { ok: result.ok, text: result.text, at: now, auto };
  if (result.ok) return { pushed: digest, last };
  const times = (record.failed?.times ?? 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS);
  const retryAt = now + Math.max(pause, (result.retryAfter ?? 0) * 1000);
  return { pushed: record.pushed, failed: { digest, cause: result.cause, times, retryAt }, last };
}
