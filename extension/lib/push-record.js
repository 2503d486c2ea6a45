/**
 * What is remembered of pushes, and what follows from it. Pure, but for the digest.
 *
 * `pushed` is the mark of the session that the gateway took last; `failed` is `{ mark, aboutSession, times, retryAt }`
 * of the failures since; `last` is `{ ok, words, at, auto }` for the person.
 */

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** Stands for "this session at this gateway" and gives neither away. */
export async function markOf(url, session) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${url}\n${session}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether to push by itself now: `{ do: 'push' }`, `{ do: 'wait', until }` (undefined: for another session) or `{ do: 'nothing' }`. */
export function nextStep({ pushed, failed }, mark, now) {
  if (mark === pushed) return { do: 'nothing' };
  if (failed === undefined || now >= failed.retryAt) return { do: 'push' };
  if (!failed.aboutSession) return { do: 'wait', until: failed.retryAt };
  // Strava refused that session: no clock cures it, but a login with another one does.
  return failed.mark === mark ? { do: 'wait', until: undefined } : { do: 'push' };
}

/** The record after a push that ended with `verdict`; pauses double from a minute up to six hours. */
export function recordAfter(record, mark, verdict, auto, now) {
  const last = { ok: verdict.ok, words: verdict.words, at: now, auto };
  if (verdict.ok) return { pushed: mark, last };
  const times = (record.failed?.times ?? 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS);
  const retryAt = now + Math.max(pause, (verdict.retryAfter ?? 0) * 1000);
  return {
    pushed: record.pushed,
    failed: { mark, aboutSession: verdict.aboutSession === true, times, retryAt },
    last,
  };
}
