/** Tests a new session and writes it to the cookie file. */
import type { Secret } from '../../common/secret.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import { askWebHost } from '../cookies/ask-web-host.js';
import type { Outcome } from '../command.js';
import type { CookieTarget } from '../cookies/cookie-target.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { LoginSettings } from './run-strategy.js';

/**
 * Writes `session` with signed cookies: `signed`, or those of one refresh, which alone prove the login: Strava also gives
 * sessions to visitors. A session that cannot be tested is written as well, because another login costs an attempt; a
 * rejected session is not.
 */
export async function keepSession(
  session: Secret,
  signed: SignedCookies | undefined,
  target: CookieTarget,
  { webUrl, requestTimeoutMs }: LoginSettings,
): Promise<Outcome> {
  if (signed) return written(target, session, signed);
  const answer = await askWebHost(webUrl, session, requestTimeoutMs);
  switch (answer.kind) {
    case 'success':
      return written(target, answer.session ?? session, answer.signed);
    case 'session_rejected':
      return {
        exit: EXIT.rejected,
        report: { status: 'session_rejected', detail: answer.detail },
        problem: `Strava accepts the login, but the session gives no access to the heatmap: ${answer.detail}. Nothing was written.`,
      };
    case 'onboarding':
      return writtenAlone(target, session, answer, {
        exit: EXIT.rejected,
        problem: `Logged in, but the session gives no access yet: ${answer.detail}. Finish it in a browser.`,
      });
    case 'upstream_error':
      return writtenAlone(target, session, answer, {
        exit: EXIT.upstream,
        problem: `Strava accepts the login, but the session could not be tested: ${answer.detail}.`,
      });
  }
}

/** Writes the session without signed cookies. */
async function writtenAlone(
  target: CookieTarget,
  session: Secret,
  { kind, detail }: { readonly kind: string; readonly detail: string },
  { exit, problem }: { readonly exit: ExitCode; readonly problem: string },
): Promise<Outcome> {
  await target.write({ session, signed: undefined });
  return {
    exit,
    report: { status: kind, detail, file: target.path },
    problem: `${problem} The session is in ${target.path}; the gateway requests the signed cookies later.`,
  };
}

async function written(target: CookieTarget, session: Secret, signed: SignedCookies): Promise<Outcome> {
  await target.write({ session, signed });
  const expires = new Date(signed.expiresAt).toISOString();
  return {
    exit: EXIT.ok,
    report: { status: 'ok', file: target.path, expires },
    text: `Logged in. The cookies are in ${target.path}, valid until ${expires}. The gateway refreshes them.`,
  };
}
