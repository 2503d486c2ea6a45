import { PROGRAM } from '../../common/program-name.js';
import { chooseCookies } from '../../strava-cookies/index.js';
import { CommandFailure, JSON_OPTION, type Command } from '../command.js';
import { commandSettings } from '../command-settings.js';
import { countCookies, inWords, passedOverWords } from '../cookies/cookie-count.js';
import { CookieTarget } from '../cookies/cookie-target.js';
import { EXIT } from '../exit-code.js';
import { readCookies } from '../cookies/read-cookies.js';

export const cookiesImport: Command = {
  name: 'cookies import',
  summary: 'Copy exported cookies into the cookie file.',
  description: `Copies the cookies that the gateway needs from FILE into the cookie file, and preserves its other entries.
FILE is the JSON of a browser extension or a test tool, a Netscape cookies.txt, a "name=value; ..." header
line, a request copied from the developer tools of a browser (Copy as cURL), or the value of
_strava4_session alone. A running gateway picks the cookies up within two seconds.`,
  operands: ['FILE'],
  options: {
    cookies: { value: 'FILE', help: 'Cookie file to write. [STRAVA_COOKIES_FILE]' },
    json: JSON_OPTION,
  },
  async run(call) {
    const settings = commandSettings(call, ['stravaCookiesFile', 'stravaTilesUrl']);
    const source = call.operands[0]!;
    const { entries, passedOver } = await readCookies(source);
    const count = countCookies(entries);
    const cookies = chooseCookies(entries, settings.stravaTilesUrl, Date.now());
    const { session, signed } = cookies;
    if (!session && !signed)
      throw new CommandFailure(
        EXIT.failed,
        `${source} contains neither a session nor a complete set of signed cookies (${inWords(count)}): log in to ` +
          'Strava in a browser, open the heatmap and export the cookies again',
      );
    const target = new CookieTarget(settings.stravaCookiesFile, settings.stravaTilesUrl);
    await target.prepare();
    await target.write(cookies);
    const expires = signed && new Date(signed.expiresAt).toISOString();
    return {
      exit: EXIT.ok,
      report: { status: 'ok', source, file: target.path, found: count, passedOver, expires: expires ?? null },
      text: [
        `Found in ${source}: ${inWords(count)}${passedOverWords(passedOver)}.`,
        `Written to ${target.path}; its other entries are preserved.`,
        ...(session
          ? []
          : ['Without a session the signed cookies cannot be refreshed: export the session as well.']),
        `To test them: ${PROGRAM} cookies check`,
      ].join('\n'),
    };
  },
};
