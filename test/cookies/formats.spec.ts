/** Each family of cookie formats from end to end: as a cookie file and by push, a deep tile follows. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { eventually } from '../support/eventually.js';
import { nextFileChecks } from '../support/file-checks.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { withSimulator } from '../support/with-gateway.js';

const ADMIN_KEY = 'admin-key-of-the-format-suite';

const setup = withSimulator();
const at = temporaryFolder();
const { z, x, y } = tileWithHeat(14);
const tile = () => setup.get(`/xyz/all/hot/${z}/${x}/${y}.png`);
const health = async () => (await (await setup.get('/health')).json()) as { status: string; reason: string };

const NAME = '_strava4_session';
const FORMATS: readonly (readonly [string, (session: string) => string | Buffer])[] = [
  ['the bare session', (session) => session],
  ['a session in quotes with its name', (session) => `export STRAVA_SESSION="${NAME}=${session}"\n`],
  ['a Cookie header with an odd entry', (session) => `Cookie: a=b; c=d e; ${NAME}=${session}`],
  [
    'a storage state of Playwright',
    (session) =>
      JSON.stringify({
        cookies: [{ name: NAME, value: session, domain: '.strava.com', path: '/' }],
        origins: [],
      }),
  ],
  [
    'Cookie Quick Manager',
    (session) =>
      JSON.stringify([{ 'Host raw': 'https://.strava.com/', 'Name raw': NAME, 'Content raw': session }]),
  ],
  [
    'JSON in UTF-16 with a byte order mark',
    (session) => Buffer.from(`\uFEFF${JSON.stringify([{ name: NAME, value: session }])}`, 'utf16le'),
  ],
  [
    'a cookies.txt with spaces for tabs',
    (session) => `# Netscape HTTP Cookie File\n.strava.com TRUE / TRUE 0 ${NAME} ${session}\n`,
  ],
  [
    'a request copied as cURL',
    (session) => `curl 'https://www.strava.com/maps' -H 'accept: text/html' -b '${NAME}=${session}; sp=1'`,
  ],
  [
    'a HAR file',
    (session) =>
      JSON.stringify({
        log: {
          entries: [
            {
              request: {
                url: 'https://www.strava.com/maps',
                headers: [],
                cookies: [{ name: NAME, value: session }],
              },
            },
          ],
        },
      }),
  ],
  [
    'the session of another site before that of Strava',
    (session) =>
      JSON.stringify([
        { name: NAME, value: 'of-another-site', domain: '.example.com' },
        { name: NAME, value: session, domain: '.strava.com' },
      ]),
  ],
  [
    'a rejected session before a valid one',
    (session) =>
      JSON.stringify([
        { name: NAME, value: 'rejected', domain: 'www.strava.com' },
        { name: NAME, value: session, domain: '.strava.com' },
      ]),
  ],
];

describe.each(FORMATS)('%s', (_name, write) => {
  it('as a cookie file', async () => {
    const file = at('cookies');
    await writeFile(file, write(setup.simulator.sessionValue));
    await setup.start({ env: { STRAVA_COOKIES_FILE: file } });
    expect((await tile()).status).toBe(200);
    expect(await health()).toMatchObject({ status: 'ok' });
  });

  it('by push', async () => {
    await setup.start({ env: { ADMIN_KEY } });
    const pushed = await setup.get('/admin/cookies', {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: write(setup.simulator.sessionValue),
    });
    expect(pushed.status).toBe(200);
    expect((await tile()).status).toBe(200);
    expect(await health()).toMatchObject({ status: 'ok' });
  });
});

it('an unreadable cookie file is a degraded state with its reason, until the file is corrected', async () => {
  await setup.start();
  await nextFileChecks();
  await writeFile(setup.gateway.cookiesFile, '{"cookies": [');
  await eventually(async () => (await health()).status === 'degraded');
  expect((await health()).reason).toContain('looks like JSON, but is broken');
  const refused = await tile();
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain('looks like JSON, but is broken');
  await nextFileChecks();
  await writeFile(setup.gateway.cookiesFile, setup.simulator.sessionValue);
  await eventually(async () => (await tile()).status === 200);
});
