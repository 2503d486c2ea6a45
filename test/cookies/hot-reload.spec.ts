import { chmod, copyFile, mkdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import {
  eventually,
  fullCookies,
  sessionOnly,
  startGateway,
  type RunningGateway,
} from '../support/gateway.js';

let simulator: Simulator;
let running: RunningGateway;
const { z, x, y } = tileWithHeat(14);
const tile = async () => (await fetch(`${running.url}/xyz/all/hot/${z}/${x}/${y}.png`)).status;

beforeEach(async () => {
  simulator = await startSimulator();
});

afterEach(async () => {
  await running.close();
  await simulator.close();
});

/** The moment after which a change of a file has another time stamp than its creation. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a cookie file that appears or changes is taken up within two seconds', () => {
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
    running = await startGateway(simulator);
    await aMoment();
    expect(await tile()).toBe(404);
    await write(running.cookiesFile, JSON.stringify(sessionOnly(simulator)));
    await eventually(async () => (await tile()) === 200, 2000);

    simulator.endSession('no-cookies');
    simulator.revokeKeyPair();
    const other = async () => (await fetch(`${running.url}/xyz/all/blue/${z}/${x}/${y}.png`)).status;
    expect(await other()).toBe(503);
    simulator.startNewSession();
    await aMoment();
    await write(running.cookiesFile, JSON.stringify(sessionOnly(simulator)));
    await eventually(async () => (await other()) === 200, 2000);
  });

  it('and also a bare session in a secret file', async () => {
    await simulator.close();
    simulator = await startSimulator();
    running = await startGateway(simulator);
    const secret = join(running.folder, 'session');
    await writeFile(secret, `${simulator.sessionValue}\n`);
    await running.close();
    running = await startGateway(simulator, { env: { STRAVA_SESSION: simulator.sessionValue } });
    expect(await tile()).toBe(200);
    await running.close();
    running = await startGateway(simulator);
    const file = join(running.folder, 'session');
    await writeFile(file, 'dead');
    const inner = await startGateway(simulator, { env: { STRAVA_SESSION_FILE: file } });
    const inside = async () => (await fetch(`${inner.url}/xyz/all/hot/${z}/${x}/${y}.png`)).status;
    expect(await inside()).toBe(503);
    await aMoment();
    await writeFile(file, simulator.sessionValue);
    await eventually(async () => (await inside()) === 200, 2000);
    await inner.close();
  });
});

it('a broken new version keeps the old cookies and is reported without its values', async () => {
  running = await startGateway(simulator, { cookies: fullCookies(simulator) });
  await aMoment();
  await writeFile(running.cookiesFile, '[{"name":"_strava4_session","value":"canary-of-a-broken-file');
  await eventually(() => running.log().includes('the previous ones stay in use'), 2000);
  expect(running.log()).toContain('looks like JSON, but is broken');
  expect(running.log()).not.toContain('canary-of-a-broken-file');
  expect(await tile()).toBe(200);
  simulator.revokeKeyPair();
  expect((await fetch(`${running.url}/xyz/all/blue/${z}/${x}/${y}.png`)).status).toBe(200);
  // What cannot be understood is not overwritten either.
  expect(await readFile(running.cookiesFile, 'utf8')).toContain('canary-of-a-broken-file');
});

it('the own write back starts nothing', async () => {
  running = await startGateway(simulator, { cookies: sessionOnly(simulator) });
  await eventually(async () => (await readFile(running.cookiesFile, 'utf8')).includes('CloudFront-Policy'));
  await new Promise((resolve) => setTimeout(resolve, 2200));
  expect(simulator.counters.refreshes.total).toBe(1);
  expect(running.log()).not.toContain('new cookies loaded');
});

it('where the file cannot be written, cookies live in memory, and that is said once', async () => {
  running = await startGateway(simulator, { cookies: sessionOnly(simulator) });
  await eventually(async () => (await readFile(running.cookiesFile, 'utf8')).includes('CloudFront-Policy'));
  const locked = join(running.folder, 'locked');
  await mkdir(locked);
  const file = join(locked, 'cookies.json');
  await writeFile(file, JSON.stringify(sessionOnly(simulator)));
  // A folder of the temporary file's name stops the write for every user, root included.
  await mkdir(join(locked, '.cookies.json.tmp'));
  await chmod(file, 0o444);
  const before = await readFile(file, 'utf8');
  const inner = await startGateway(simulator, { cookiesFile: file });
  const inside = async (color: string) =>
    (await fetch(`${inner.url}/xyz/all/${color}/${z}/${x}/${y}.png`)).status;
  for (const color of ['hot', 'blue', 'gray']) {
    expect(await inside(color)).toBe(200);
    simulator.revokeKeyPair();
  }
  await inner.close();
  expect(inner.log().match(/cannot be written back/g)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(before);
});

describe('each format of a cookie file yields a tile', () => {
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
    for (const cookies of [sessionOnly(simulator), fullCookies(simulator)]) {
      running = await startGateway(simulator);
      const file = join(running.folder, 'cookies.any');
      await writeFile(file, write(cookies));
      const inner = await startGateway(simulator, { cookiesFile: file });
      expect((await fetch(`${inner.url}/xyz/all/hot/15/${x * 2}/${y * 2}.png`)).status).toBe(200);
      const refreshes = cookies.length === 1 ? 1 : 0;
      expect(simulator.counters.refreshes.total).toBe(refreshes);
      await inner.close();
      await copyFile(file, `${file}.copy`);
      simulator.counters.refreshes.total = 0;
      await running.close();
    }
    running = await startGateway(simulator);
  });

  it('and of several sets, the one for the tile host', async () => {
    const foreign = Object.entries(simulator.issueCookies({ resource: 'https://elsewhere.example/*' }));
    const right = Object.entries(simulator.issueCookies());
    const cookies = [...foreign, ...right].map(([name, value]) => ({ name, value }));
    running = await startGateway(simulator, { cookies });
    expect(await tile()).toBe(200);
    expect(simulator.counters.refreshes.total).toBe(0);
  });
});
