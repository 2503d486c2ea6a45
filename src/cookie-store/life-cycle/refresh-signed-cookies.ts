/** A refresh: tries the sessions in turn, each within the timeout, and checks the expiry of the result. Never rejects. */
import type { Clock } from '../../common/clock.js';
import { errorSummary } from '../../common/error-summary.js';
import type { Log } from '../../common/log.js';
import type { Secret } from '../../common/secret.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import type { RefreshOutcome, WebSession } from './web-session.js';

const HOUR_MS = 3_600_000;

export interface RefreshRequestOptions {
  readonly webSession: WebSession;
  readonly clock: Clock;
  readonly log: Log;
  /** Timeout of one refresh. */
  readonly timeoutMs: number;
}

/**
 * Tries the sessions until Strava does not refuse one; `session` is the last one tried. `sessions` is not empty. `current`
 * are the signed cookies that the refresh replaces.
 */
export async function refreshWithFirstAccepted(
  options: RefreshRequestOptions,
  sessions: readonly Secret[],
  current: SignedCookies | undefined,
): Promise<{ readonly outcome: RefreshOutcome; readonly session: Secret }> {
  const [session, ...others] = sessions as readonly [Secret, ...Secret[]];
  const outcome = await refreshSignedCookies(options, session, current);
  const isRefused = outcome.kind === 'session_rejected' || outcome.kind === 'onboarding';
  if (!isRefused || others.length === 0) return { outcome, session };
  options.log.info({ detail: outcome.detail }, 'a session was refused; trying the next one of the store');
  return refreshWithFirstAccepted(options, others, current);
}

async function refreshSignedCookies(
  { webSession, clock, log, timeoutMs }: RefreshRequestOptions,
  session: Secret,
  current: SignedCookies | undefined,
): Promise<RefreshOutcome> {
  try {
    const outcome = await webSession.refresh(session, AbortSignal.timeout(timeoutMs), current);
    if (outcome.kind !== 'success') return outcome;
    const now = clock.now();
    const { expiresAt } = outcome.signed;
    if (expiresAt > now) return outcome;
    // Cookies that are expired when they are issued mean that the local clock is wrong. Assume a lifetime of one hour.
    log.warn(
      { expires: new Date(expiresAt).toISOString(), now: new Date(now).toISOString() },
      "fresh cookies look expired: set this machine's clock",
    );
    return { ...outcome, signed: { ...outcome.signed, expiresAt: now + HOUR_MS } };
  } catch (error) {
    return { kind: 'upstream_error', detail: errorSummary(error) };
  }
}
