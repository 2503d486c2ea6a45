/** Puts a new session to the proof and into the cookie file. */
import type { Secret } from '../../common/secret.js';
import type { SignedCookies } from '../../strava-cookies/index.js';
import { askWebHost } from '../cookies/ask-web-host.js';
import type { Outcome } from '../command.js';
import type { CookieTarget } from '../cookies/cookie-target.js';
import { EXIT } from '../exit-code.js';
import type { LoginSettings } from './run-strategy.js';

/**
 * Writes `session` with signed cookies: `signed`, or those that one refresh yields. A session that cannot be asked about
 * is written as it is, because a login is too dear to be thrown away; a session that is rejected is not.
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
        problem: `Strava took the login, but the session opens no heatmap: ${answer.detail}. Nothing is written.`,
      };
    case 'upstream_error':
      await target.write(session, undefined);
      return {
        exit: EXIT.upstream,
        report: { status: 'upstream_error', detail: answer.detail, file: target.path },
        problem:
          `Logged in, but fresh cookies could not be had: ${answer.detail}. The session is in ${target.path}; ` +
          'the gateway gets the rest when Strava answers again.',
      };
  }
}

async function written(target: CookieTarget, session: Secret, signed: SignedCookies): Promise<Outcome> {
  await target.write(session, signed);
  const expires = new Date(signed.expiresAt).toISOString();
  return {
    exit: EXIT.ok,
    report: { status: 'ok', file: target.path, expires },
    text: `Logged in. The cookies are in ${target.path}, good until ${expires}; the gateway keeps them fresh.`,
  };
}
