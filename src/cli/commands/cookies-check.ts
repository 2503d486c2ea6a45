import { chooseCookies, type StoredCookies } from '../../strava-cookies/index.js';
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
    const entries = await readCookies(file);
    const now = Date.now();
    const stored = chooseCookies(entries, url, now);
    const refresh = stored.session && (await askWebHost(settings.stravaWebUrl, stored.session, timeoutMs));
    const cookies = cookiesToTry(stored, refresh, now);
    const tile =
      cookies && (await tryTile({ url, version: settings.stravaTilesVersion, timeoutMs }, cookies));
    let saved = false;
    if (call.switches.has('save') && refresh?.kind === 'success') {
      await new CookieTarget(file, url).write(refresh.session ?? stored.session, refresh.signed);
      saved = true;
    }
    const findings: CheckFindings = {
      file,
      mode: await fileMode(file),
      count: countCookies(entries),
      expiresAt: stored.signed?.expiresAt,
      refresh,
      tile,
      saved,
      now,
    };
    return checkReport(findings);
  },
};

/** The cookies that a gateway would send: new ones, else those of the file until they expire. */
function cookiesToTry({ signed }: StoredCookies, refresh: RefreshOutcome | undefined, now: number) {
  if (refresh?.kind === 'success') return refresh.signed;
  return signed && signed.expiresAt > now ? signed : undefined;
}
