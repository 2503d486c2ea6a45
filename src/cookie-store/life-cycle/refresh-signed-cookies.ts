/** One refresh: the web host is asked within the deadline, and what it answers is made plausible. Never rejects. */
import type { Clock } from '../../common/clock.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import { errorSummary } from '../../common/error-summary.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import type { RefreshOutcome, WebSession } from './web-session.js';

const HOUR_MS = 3_600_000;

export interface RefreshRequestOptions {
  readonly webSession: WebSession;
  readonly clock: Clock;
  readonly log: Log;
  /** Deadline of one refresh. */
  readonly timeoutMs: number;
}

/** `held` are the signed cookies so far. */
export async function refreshSignedCookies(
  { webSession, clock, log, timeoutMs }: RefreshRequestOptions,
  session: Secret,
  held: SignedCookies | undefined,
): Promise<RefreshOutcome> {
  try {
    const answer = await webSession.refresh(session, AbortSignal.timeout(timeoutMs), held);
    if (answer.kind !== 'success') return answer;
    const now = clock.now();
    const { expiresAt } = answer.signed;
    if (expiresAt > now) return answer;
    // Just issued and yet expired means that this machine's clock is wrong; an hour is the length to assume then.
    log.warn(
      { expires: new Date(expiresAt).toISOString(), now: new Date(now).toISOString() },
      "fresh cookies look expired: set this machine's clock",
    );
    return { ...answer, signed: { ...answer.signed, expiresAt: now + HOUR_MS } };
  } catch (error) {
    return { kind: 'upstream_error', detail: errorSummary(error) };
  }
}
