import { chooseCookies } from '../../strava-cookies/index.js';
import { CommandFailure, type Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { countCookies, inWords } from '../cookies/cookie-count.js';
import { CookieTarget } from '../cookies/cookie-target.js';
import { EXIT } from '../exit-code.js';
import { readCookies } from '../cookies/read-cookies.js';

export const cookiesImport: Command = {
  name: 'cookies import',
  summary: 'put exported cookies into the cookie file',
  description: `Reads FILE in any format that people hold cookies in: the JSON of a browser extension, a Netscape
cookies.txt, a "name=value; ..." header line, or the bare value of the session. Only the cookies that
the gateway needs are taken; every other entry of the cookie file stays. A gateway that is running
takes them up by itself.`,
  operands: ['FILE'],
  options: { cookies: { value: 'FILE', help: 'cookie file that is written (STRAVA_COOKIES_FILE)' } },
  async run(call) {
    const settings = commandSettings(call, ['stravaCookiesFile', 'stravaTilesUrl']);
    const source = call.operands[0]!;
    const entries = await readCookies(source);
    const count = countCookies(entries);
    const { session, signed } = chooseCookies(entries, settings.stravaTilesUrl, Date.now());
    if (!session && !signed)
      throw new CommandFailure(
        EXIT.failed,
        `${source} holds nothing that opens the heatmap (${inWords(count)}): log in to Strava in a browser, open ` +
          'the heatmap there and export the cookies again',
      );
    const target = new CookieTarget(settings.stravaCookiesFile, settings.stravaTilesUrl);
    await target.prepare();
    await target.write(session, signed);
    const expires = signed && new Date(signed.expiresAt).toISOString();
    return {
      exit: EXIT.ok,
      report: { status: 'ok', source, file: target.path, found: count, expires: expires ?? null },
      text: [
        `Found in ${source}: ${inWords(count)}.`,
        `Written to ${target.path}, whose other entries stay.`,
        ...(session
          ? []
          : ['Without a session the signed cookies cannot be refreshed: export the session as well.']),
        'To see whether they work: strava-heatmap-gateway cookies check',
      ].join('\n'),
    };
  },
};
