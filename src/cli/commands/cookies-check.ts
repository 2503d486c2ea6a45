import { chooseCookies, type StoredCookies } from '../../strava-cookies/index.js';
import { fileMode } from '../../common/files/file-mode.js';
import type { RefreshOutcome } from '../../cookie-store/index.js';
import { askWebHost } from '../cookies/ask-web-host.js';
import type { Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { checkReport, type CheckFindings } from '../cookies/check-report.js';
import { countCookies } from '../cookies/cookie-count.js';
import { CookieTarget } from '../cookies/cookie-target.js';
import { readCookies } from '../cookies/read-cookies.js';
import { tryTile } from '../cookies/try-tile.js';

export const cookiesCheck: Command = {
  name: 'cookies check',
  summary: 'tell what the cookie file holds and whether it works',
  description: `Says which cookies are in the cookie file and until when they are good, asks Strava for fresh ones, and
loads one tile that only they open. Nothing is written unless --save is given.`,
  operands: [],
  options: {
    cookies: { value: 'FILE', help: 'cookie file (STRAVA_COOKIES_FILE)' },
    save: { help: 'write the fresh cookies into the file' },
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

/** What a gateway would send: fresh cookies, else those of the file while they last. */
function cookiesToTry({ signed }: StoredCookies, refresh: RefreshOutcome | undefined, now: number) {
  if (refresh?.kind === 'success') return refresh.signed;
  return signed && signed.expiresAt > now ? signed : undefined;
}
