import type { Secret } from '../../common/secret.js';
import { chooseCookies, sessionsOf, type StoredCookies } from '../../strava-cookies/index.js';
import { fileMode } from '../../common/files/file-mode.js';
import type { RefreshOutcome } from '../../cookie-store/index.js';
import { askWebHost } from '../cookies/ask-web-host.js';
import { JSON_OPTION, type Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { checkReport, type CheckFindings } from '../cookies/check-report.js';
import { countCookies } from '../cookies/cookie-count.js';
import { CookieTarget } from '../cookies/cookie-target.js';
import { readCookies } from '../cookies/read-cookies.js';
import { tryTile } from '../cookies/try-tile.js';

export const cookiesCheck: Command = {
  name: 'cookies check',
  summary: 'Show the cookies in the cookie file and test them.',
  description: `Shows the cookies in the cookie file and their expiry, requests new signed cookies with the session, and
loads one tile that requires them. Nothing is written without --save.`,
  operands: [],
  options: {
    cookies: { value: 'FILE', help: 'Cookie file. [STRAVA_COOKIES_FILE]' },
    save: { help: 'Write the new signed cookies to the file.' },
    json: JSON_OPTION,
  },
  async run(call) {
    const settings = commandSettings(call, [
      'stravaCookiesFile',
      'stravaTilesUrl',
      'stravaTilesVersion',
      'stravaWebUrl',
      'upstreamTimeoutMs',
    ]);
    const { stravaCookiesFile: file, stravaTilesUrl: url, upstreamTimeoutMs: timeoutMs } = settings;
    const { entries, passedOver } = await readCookies(file);
    const now = Date.now();
    const stored = chooseCookies(entries, url, now);
    const { refresh, session } = await refreshWithAny(sessionsOf(stored), (each) =>
      askWebHost(settings.stravaWebUrl, each, timeoutMs),
    );
    const cookies = cookiesToTry(stored, refresh, now);
    const tile =
      cookies && (await tryTile({ url, version: settings.stravaTilesVersion, timeoutMs }, cookies));
    let saved = false;
    if (call.switches.has('save') && refresh?.kind === 'success') {
      await new CookieTarget(file, url).write({
        session: refresh.session ?? session,
        signed: refresh.signed,
      });
      saved = true;
    }
    const findings: CheckFindings = {
      file,
      mode: await fileMode(file),
      count: countCookies(entries),
      passedOver,
      expiresAt: stored.signed?.expiresAt,
      refresh,
      tile,
      saved,
      now,
    };
    return checkReport(findings);
  },
};

/** Tries the sessions in turn, as the gateway does; `session` is the last one tried. */
async function refreshWithAny(
  sessions: readonly Secret[],
  ask: (session: Secret) => Promise<RefreshOutcome>,
): Promise<{ refresh: RefreshOutcome | undefined; session: Secret | undefined }> {
  const [session, ...others] = sessions;
  const refresh = session && (await ask(session));
  const isRejected = refresh?.kind === 'session_rejected' && others.length > 0;
  return isRejected ? refreshWithAny(others, ask) : { refresh, session };
}

/** The cookies that a gateway would send: new ones, else those of the file until they expire. */
function cookiesToTry({ signed }: StoredCookies, refresh: RefreshOutcome | undefined, now: number) {
  if (refresh?.kind === 'success') return refresh.signed;
  return signed && signed.expiresAt > now ? signed : undefined;
}
