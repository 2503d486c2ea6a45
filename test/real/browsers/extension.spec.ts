import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually, sessionOnly, startGateway, type RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startBrowser, type Browser } from './extension-browser.js';

/** What of the browser's API the tests call inside the extension. */
declare const chrome: {
  action: { getBadgeText(details: object): Promise<string> };
  alarms: {
    getAll(): Promise<{ name: string; scheduledTime: number }[]>;
    create(name: string, details: { when: number }): Promise<void>;
  };
  storage: Record<
    'local' | 'session',
    { get(): Promise<Record<string, object>>; set(items: object): Promise<void> }
  >;
};

const ADMIN_KEY = 'admin-key-of-the-test';

let simulator: Simulator;
let browser: Browser;
let gateway: RunningGateway | undefined;
let stub: Server | undefined;

const { x, y } = tileWithHeat(13);
const statusOfDeepTile = async () => (await fetch(`${gateway?.url}/xyz/all/hot/13/${x}/${y}.png`)).status;

/** A gateway whose session has ended: low tiles still come, deep ones do not. */
async function startGatewayWithDeadSession(): Promise<RunningGateway> {
  const cookies = sessionOnly(simulator);
  simulator.endSession('redirect');
  return startGateway(simulator, { cookies, env: { ADMIN_KEY } });
}

/** Something at the gateway's place that gives one answer to everything and counts the pushes. */
async function startStub(status: number, headers: Record<string, string> = {}, body = '{}') {
  let pushes = 0;
  stub = createServer((request, response) => {
    if (request.method === 'PUT') pushes++;
    response
      .writeHead(request.method === 'OPTIONS' ? 204 : status, {
        'Access-Control-Allow-Origin': request.headers.origin ?? '*',
        'Access-Control-Allow-Methods': 'GET, PUT',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type',
        ...headers,
      })
      .end(request.method === 'OPTIONS' ? undefined : body);
  });
  await new Promise<void>((listening) => stub?.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`,
    pushes: () => pushes,
  };
}

async function fillIn(popup: Page, address: string, key = ADMIN_KEY) {
  await popup.getByLabel('Address').fill(address);
  await popup.getByLabel('Admin key').fill(key);
}

/** Presses the button and returns what the popup then says. */
async function push(popup: Page): Promise<string> {
  await popup.getByRole('button', { name: 'Push cookies' }).click();
  const result = popup.locator('#result:not([data-tone=busy]):not(:empty)');
  await result.waitFor();
  return (await result.textContent()) ?? '';
}

/** As if the alarm for the next try had rung. */
const passThePause = () =>
  browser.worker.evaluate(async () => {
    const { record } = (await chrome.storage.local.get()) as { record: { failed: object } };
    await chrome.storage.local.set({ record: { ...record, failed: { ...record.failed, retryAt: 0 } } });
    await chrome.alarms.create('retry', { when: Date.now() });
  });

const badge = () => browser.worker.evaluate(() => chrome.action.getBadgeText({}));
const everythingStored = () =>
  browser.worker.evaluate(async () =>
    JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get()]),
  );

describeWith(['sh', '-c', 'chromium --version && openssl version'], 'the extension in Chromium', () => {
  beforeEach(async () => {
    simulator = await startSimulator();
    browser = await startBrowser(simulator);
  });

  afterEach(async () => {
    await browser?.close();
    await gateway?.close();
    gateway = undefined;
    stub?.closeAllConnections();
    stub?.close();
    stub = undefined;
    await simulator.close();
  });

  it('shows that there is no session, and then that there is one, without being opened again', async () => {
    const popup = await browser.popup();
    await popup.getByText('none', { exact: true }).waitFor();
    expect(await popup.getByRole('link', { name: 'Log in at strava.com' }).isVisible()).toBe(true);
    expect(await popup.getByRole('button', { name: 'Export' }).isDisabled()).toBe(true);
    expect(await popup.getByRole('button', { name: 'Push cookies' }).isDisabled()).toBe(true);
    await browser.logIn();
    await popup.getByText('present, until the browser closes').waitFor();
    expect(await popup.getByRole('link', { name: 'Log in at strava.com' }).isVisible()).toBe(false);
  });

  it('shows until when the session and the tile cookies are good', async () => {
    await browser.logIn();
    await browser.visit('/maps');
    const [session] = (await browser.context.cookies()).filter(({ name }) => name === '_strava4_session');
    const expires = Math.floor(Date.now() / 1000) + 40 * 86_400 + 60;
    await browser.context.addCookies([{ ...session!, expires }]);
    const popup = await browser.popup();
    await popup.getByText(/^until .*\(in 40 days\)$/).waitFor();
    await popup.getByText(/^until .*\(in 23 hours\)$/).waitFor();
  });

  it('exports the session and the signed cookies, and no other cookie', async () => {
    await browser.logIn();
    await browser.visit('/maps');
    const popup = await browser.popup();
    const button = popup.locator('#export:enabled');
    const [download] = await Promise.all([popup.waitForEvent('download'), button.click()]);
    expect(download.suggestedFilename()).toBe('strava-cookies.json');
    const entries = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, string>[];
    const cookies = await browser.context.cookies('https://www.strava.com/');
    expect(cookies.map(({ name }) => name)).toContain('strava_remember_id');
    const names = [
      '_strava4_session',
      'CloudFront-Key-Pair-Id',
      'CloudFront-Policy',
      'CloudFront-Signature',
      '_strava_idcf',
      '_strava_CloudFront-Expires',
    ];
    expect(entries).toEqual(
      names.map((name) => ({ name, value: cookies.find((cookie) => cookie.name === name)?.value })),
    );
    expect(entries[0]?.value).toBe(simulator.sessionValue);
    expect(await statusOfTileWith(entries)).toBe(200);
  });

  it('pushes to a gateway whose session has died, and the tile that was refused comes', async () => {
    gateway = await startGatewayWithDeadSession();
    expect(await statusOfDeepTile()).toBe(503);
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/^The gateway has working cookies until .*\(in 23 hours\)/);
    expect(await statusOfDeepTile()).toBe(200);
    await popup.getByText(/^works, until/).waitFor();
    await eventually(async () =>
      (await readFile(gateway!.cookiesFile, 'utf8')).includes(simulator.sessionValue),
    );
    expect(gateway.log()).not.toContain(simulator.sessionValue);
    expect(gateway.log()).not.toContain(ADMIN_KEY);
  });

  it('says what is wrong when the admin key is, and leaves the gateway as it was', async () => {
    gateway = await startGatewayWithDeadSession();
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url, 'not-the-admin-key');
    expect(await push(popup)).toBe('The gateway refused the admin key. Compare it with its ADMIN_KEY.');
    expect(await statusOfDeepTile()).toBe(503);
  });

  it('says to log in when Strava does not accept the session, and the gateway keeps what it had', async () => {
    gateway = await startGateway(simulator, { cookies: sessionOnly(simulator), env: { ADMIN_KEY } });
    await browser.visit('/login');
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/^Strava does not accept this session.*Log in at strava\.com/);
    expect(await statusOfDeepTile()).toBe(200);
  });

  it('says so when the gateway was started without an admin key, or is not there', async () => {
    gateway = await startGateway(simulator);
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/^The gateway takes no cookies at this address\. Was it started with/);
    await gateway.close();
    expect(await push(popup)).toMatch(/^No answer from the gateway/);
    gateway = undefined;
  });

  it.each([
    ['', 'Enter the address of your gateway.'],
    ['tiles.example.org', 'Begin the address with https:// or http://.'],
  ])('asks for another address than "%s" before anything is sent', async (address, words) => {
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, address, '');
    await popup.getByRole('button', { name: 'Push cookies' }).click();
    await popup.getByText(words).waitFor();
    await popup.getByText('Enter the admin key').waitFor();
    expect(await popup.locator('#address').evaluate((field) => field.matches(':focus'))).toBe(true);
  });

  it('pushes by itself when the site sets a new session, once each, and remembers no session', async () => {
    gateway = await startGatewayWithDeadSession();
    await browser.logIn();
    const first = simulator.sessionValue;
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    await popup.getByLabel('Push by itself').check();
    await popup.getByText(/by itself.*working cookies/).waitFor();
    expect(await statusOfDeepTile()).toBe(200);
    await popup.close();

    simulator.endSession('redirect');
    await browser.logIn();
    expect(simulator.sessionValue).not.toBe(first);
    await eventually(
      async () => (await readFile(gateway!.cookiesFile, 'utf8')).includes(simulator.sessionValue),
      10_000,
    );
    await eventually(async () => (await everythingStored()).includes('"pushed"'));
    const refreshes = simulator.counters.refreshes.total;
    const [session] = (await browser.context.cookies()).filter(({ name }) => name === '_strava4_session');
    await browser.context.addCookies([{ ...session!, expires: Math.floor(Date.now() / 1000) + 86_400 }]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(simulator.counters.refreshes.total).toBe(refreshes);
    expect(await badge()).toBe('');
    const stored = await everythingStored();
    expect(stored).toContain('"pushed"');
    for (const session of [first, simulator.sessionValue]) expect(stored).not.toContain(session);
  });

  it('marks the icon when a push by itself fails, holds back while the gateway is away, and recovers', async () => {
    const away = await startStub(503, {}, '{"detail":"Strava is away"}');
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, away.url);
    await popup.getByLabel('Push by itself').check();
    await eventually(async () => (await badge()) === '!');
    for (let login = 0; login < 3; login++) {
      await browser.logIn();
      await new Promise((resolve) => setTimeout(resolve, 2300));
    }
    expect(away.pushes()).toBe(1);
    const [alarm] = await browser.worker.evaluate(() => chrome.alarms.getAll());
    expect(alarm).toMatchObject({ name: 'retry' });
    expect(alarm!.scheduledTime - Date.now()).toBeGreaterThan(30_000);
    await passThePause();
    await eventually(() => away.pushes() === 2);

    gateway = await startGateway(simulator, { env: { ADMIN_KEY } });
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/working cookies/);
    expect(await badge()).toBe('');
    expect(await browser.worker.evaluate(() => chrome.alarms.getAll())).toEqual([]);
  });

  it('does not carry cookies on to where an address redirects', async () => {
    const elsewhere = await startStub(307, { Location: 'http://127.0.0.1:1/admin/cookies' });
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, elsewhere.url);
    expect(await push(popup)).toMatch(/^This address leads on to another one/);
  });

  it('keeps what was typed and not used, and forgets all of it when told to', async () => {
    const popup = await browser.popup();
    await fillIn(popup, 'http://tiles.example.org');
    await popup.close();
    const again = await browser.popup();
    await eventually(async () => (await again.getByLabel('Admin key').inputValue()) === ADMIN_KEY);
    await again.getByText(/^Plain http to another machine/).waitFor();
    expect(await again.getByLabel('Admin key').getAttribute('type')).toBe('password');
    await again.getByRole('button', { name: 'Forget' }).click();
    await eventually(async () => (await again.getByLabel('Admin key').inputValue()) === '');
    expect(await everythingStored()).toBe('[{},{}]');
  });
});

async function statusOfTileWith(entries: Record<string, string>[]): Promise<number> {
  const Cookie = entries
    .slice(1)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  const url = `${simulator.tilesUrl}/identified/globalheat/all/hot/13/${x}/${y}.png`;
  return (await fetch(url, { headers: { Cookie } })).status;
}
