/** The outcome of a failed login. Pure. */
import { PROGRAM } from '../../common/program-name.js';
import type { Outcome } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { LoginFailed, LoginWay } from './run-strategy.js';

const CODES: Readonly<Record<LoginFailed['kind'], ExitCode>> = {
  wrong_credentials: EXIT.rejected,
  captcha: EXIT.refused,
  upstream_error: EXIT.upstream,
  no_browser: EXIT.noBrowser,
  unfinished: EXIT.failed,
};

export function describeFailure(way: LoginWay, { kind, detail }: LoginFailed): Outcome {
  return { exit: CODES[kind], report: { status: kind, detail }, problem: sentence(way, kind, detail) };
}

function sentence(way: LoginWay, kind: LoginFailed['kind'], detail: string): string {
  switch (kind) {
    case 'wrong_credentials':
      return `Wrong credentials: ${detail}. Check STRAVA_EMAIL and STRAVA_PASSWORD. The command made one attempt.`;
    case 'captcha':
      return (
        `Refused: ${detail}. Strava often refuses automated logins (--${way}). The command made one attempt. ` +
        `Use "${PROGRAM} login" with a window, or export the cookies with a browser extension.`
      );
    case 'upstream_error':
      return `Login failed: ${detail}. The credentials may be correct; try again later.`;
    case 'no_browser':
      return `No browser: ${detail}.`;
    case 'unfinished':
      return `Login not completed: ${detail}. Nothing was written.`;
  }
}
