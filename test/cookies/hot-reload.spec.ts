/** The cookie file: formats, reload and write. */
import { chmod, mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { nextFileChecks } from '../support/file-checks.js';
import { eventually } from '../support/eventually.js';
import { fullCookies, sessionOnly } from '../support/gateway.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
const at = temporaryFolder();
const { z, x, y } = tileWithHeat(14);
const tile = async () => (await setup.get(`/xyz/all/hot/${z}/${x}/${y}.png`)).status;

describe('the log says that cookies work', () => {
  const LOADED = 'cookies loaded; the first refresh or tile shows whether Strava accepts them';
  const accepted = () => setup.gateway.log().split('"Strava accepts the cookies"').length - 1;

  it('once the first tile has shown it', async () => {
    await setup.start({ cookies: 'full' });
    expect(setup.gateway.log()).toContain(LOADED);
    expect(setup.gateway.log()).not.toContain('"state":"valid"');
    expect(accepted()).toBe(0);
    for (let i = 0; i < 3; i++) expect(await tile()).toBe(200);
    expect(accepted()).toBe(1);
  });

  it('once a refresh has shown it', async () => {
    await setup.start({ cookies: 'session' });
    expect(setup.gateway.log()).toContain(LOADED);
    await eventually(() => setup.gateway.log().includes('"cookies refreshed"'));
    expect(await tile()).toBe(200);
    expect(accepted()).toBe(0);
  });

  it.each([
    ['are refused', 'full'],
    ['belong to a session that has ended', 'session'],
  ] as const)('never, if they %s', async (_name, cookies) => {
    setup.simulator.endSession('redirect');
    setup.simulator.switches.refuseAll = true;
    await setup.start({ cookies });
    expect(await tile()).toBe(503);
    expect(setup.gateway.log()).toContain('"cookie refresh failed"');
    expect(setup.gateway.log()).not.toMatch(/"state":"valid"|accepts the cookies|"cookies refreshed"/);
  });
});

describe('a new or changed cookie file takes effect without a restart', () => {
  const ways: [string, (file: string, content: string) => Promise<void>][] = [
    ['written in place', (file, content) => writeFile(file, content)],
    [
      'replaced by rename, as editors do',
      async (file, content) => {
        await writeFile(`${file}~`, content);
        await rename(`${file}~`, file);
      },
    ],
    [
      'swapped behind a symlink, as Kubernetes does',
      async (file, content) => {
        const folder = join(dirname(file), `..data_${Date.now()}`);
        await mkdir(folder);
        await writeFile(join(folder, 'cookies'), content);
        await unlink(file).catch(() => undefined);
        await symlink(join(folder, 'cookies'), file);
      },
    ],
  ];

  it.each(ways)('%s', async (_name, write) => {
    await setup.start();
    await nextFileChecks();
    expect(await tile()).toBe(404);
    await write(setup.gateway.cookiesFile, JSON.stringify(sessionOnly(setup.simulator)));
    await eventually(async () => (await tile()) === 200);

    setup.simulator.endSession('no-cookies');
    setup.simulator.revokeKeyPair();
    const other = async () => (await fetch(`${setup.gateway.url}/xyz/all/blue/${z}/${x}/${y}.png`)).status;
    expect(await other()).toBe(503);
    setup.simulator.startNewSession();
    await nextFileChecks();
    await write(setup.gateway.cookiesFile, JSON.stringify(sessionOnly(setup.simulator)));
    await eventually(async () => (await other()) === 200);
  });

  it('as a session in a secret file', async () => {
    const { folder } = await setup.start({ env: { STRAVA_SESSION: setup.simulator.sessionValue } });
    expect(await tile()).toBe(200);
    const file = join(folder, 'session');
    await writeFile(file, 'rejected');
    await setup.start({ env: { STRAVA_SESSION_FILE: file } });
    expect(await tile()).toBe(503);
    await nextFileChecks();
    await writeFile(file, setup.simulator.sessionValue);
    await eventually(async () => (await tile()) === 200);
  });
});

it('an invalid new version of the file is reported without its values, and the previous cookies stay active', async () => {
  await setup.start({ cookies: 'full' });
  await nextFileChecks();
  await writeFile(setup.gateway.cookiesFile, '[{"name":"_strava4_session","value":"canary-of-a-broken-file');
  await eventually(() => setup.gateway.log().includes('the previous ones stay in use'));
  expect(setup.gateway.log()).toContain('looks like JSON, but is broken');
  expect(setup.gateway.log()).not.toContain('canary-of-a-broken-file');
  expect(await tile()).toBe(200);
  setup.simulator.revokeKeyPair();
  expect((await fetch(`${setup.gateway.url}/xyz/all/blue/${z}/${x}/${y}.png`)).status).toBe(200);
  // An invalid file is not overwritten.
  expect(await readFile(setup.gateway.cookiesFile, 'utf8')).toContain('canary-of-a-broken-file');
});

it('a write by the gateway itself causes no refresh', async () => {
  await setup.start({ cookies: 'session' });
  await eventually(async () =>
    (await readFile(setup.gateway.cookiesFile, 'utf8')).includes('CloudFront-Policy'),
  );
  await nextFileChecks();
  expect(setup.simulator.counters.refreshes.total).toBe(1);
  expect(setup.gateway.log()).not.toContain('new cookies loaded');
});

it('if the file is not writable, cookies stay in memory, and the log says so once', async () => {
  // The longest name leaves no room for that of a temporary file, which also stops root.
  const file = at(`${'c'.repeat(250)}.json`);
  await writeFile(file, JSON.stringify(sessionOnly(setup.simulator)));
  await chmod(file, 0o444);
  const before = await readFile(file, 'utf8');
  const gateway = await setup.start({ cookiesFile: file });
  for (const color of ['hot', 'blue', 'gray']) {
    expect((await setup.get(`/xyz/all/${color}/${z}/${x}/${y}.png`)).status).toBe(200);
    setup.simulator.revokeKeyPair();
  }
  await gateway.close();
  expect(gateway.log().match(/cannot be written back/g)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(before);
});

describe('each format of a cookie file gives access to tiles', () => {
  const formats: [string, (cookies: { name: string; value: string }[]) => string][] = [
    ['exporter array', (cookies) => JSON.stringify(cookies)],
    [
      'Cookie-Editor array',
      (cookies) =>
        JSON.stringify(
          cookies.map((cookie) => ({
            ...cookie,
            domain: '.strava.com',
            path: '/',
            secure: true,
            httpOnly: true,
            expirationDate: 1893456000.5,
          })),
        ),
    ],
    ['header string', (cookies) => cookies.map(({ name, value }) => `${name}=${value}`).join(';')],
    [
      'header line',
      (cookies) => `Cookie: ${cookies.map(({ name, value }) => `${name}=${value}`).join('; ')}\n`,
    ],
    [
      'Netscape cookies.txt',
      (cookies) =>
        `# Netscape HTTP Cookie File\r\n\r\n${cookies.map(({ name, value }) => `#HttpOnly_.strava.com\tTRUE\t/\tTRUE\t1893456000\t${name}\t${value}`).join('\r\n')}\r\n`,
    ],
  ];

  it.each(formats)('%s, with the session alone and with signed cookies', async (_name, write) => {
    for (const cookies of [sessionOnly(setup.simulator), fullCookies(setup.simulator)]) {
      const cookiesFile = at('cookies.any');
      await writeFile(cookiesFile, write(cookies));
      setup.simulator.counters.refreshes.total = 0;
      const gateway = await setup.start({ cookiesFile });
      expect(await tile()).toBe(200);
      expect(setup.simulator.counters.refreshes.total).toBe(cookies.length === 1 ? 1 : 0);
      await gateway.close();
    }
  });

  it('and of several sets, the gateway uses the one for the tile host', async () => {
    const foreign = Object.entries(setup.simulator.issueCookies({ resource: 'https://elsewhere.example/*' }));
    const right = Object.entries(setup.simulator.issueCookies());
    const cookies = [...foreign, ...right].map(([name, value]) => ({ name, value }));
    await setup.start({ cookies });
    expect(await tile()).toBe(200);
    expect(setup.simulator.counters.refreshes.total).toBe(0);
  });
});
