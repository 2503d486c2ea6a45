import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { sessionOnly, startGateway, type RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startBrowser, type Browser } from './extension-browser.js';

/** The browser API that the tests call inside the extension. */
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
const statusOfTile = async () => (await fetch(`${gateway?.url}/xyz/all/hot/13/${x}/${y}.png`)).status;

/** A gateway whose session has ended: low zoom levels are served, the tile above is not. */
async function startGatewayWithEndedSession(): Promise<RunningGateway> {
  const cookies = sessionOnly(simulator);
  simulator.endSession('redirect');
  return startGateway(simulator, { cookies, env: { ADMIN_KEY } });
}

/** A server in place of the gateway: returns the same response to every request and counts the pushes. */
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

async function fillIn(popup: Page, url: string, key = ADMIN_KEY) {
  await popup.getByLabel('Gateway URL').fill(url);
  await popup.getByLabel('Admin key').fill(key);
}

/** Clicks the button and returns the result that the popup shows. */
async function push(popup: Page): Promise<string> {
  await popup.getByRole('button', { name: 'Push cookies' }).click();
  const result = popup.locator('#result:not([data-tone=busy]):not(:empty)');
  await result.waitFor();
  return (await result.textContent()) ?? '';
}

/** Simulates the alarm for the next retry. */
const endPause = () =>
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

  it('shows a new session without being opened again', async () => {
    const popup = await browser.popup();
    await popup.getByText('none', { exact: true }).waitFor();
    expect(await popup.getByRole('link', { name: 'Log in at strava.com' }).isVisible()).toBe(true);
    expect(await popup.getByRole('button', { name: 'Export' }).isDisabled()).toBe(true);
    expect(await popup.getByRole('button', { name: 'Push cookies' }).isDisabled()).toBe(true);
    await browser.logIn();
    await popup.getByText('present, until the browser closes').waitFor();
    expect(await popup.getByRole('link', { name: 'Log in at strava.com' }).isVisible()).toBe(false);
  });

  it('shows the expiry of the session and the signed cookies', async () => {
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

  it('pushes to a gateway whose session has ended, which then serves the tile', async () => {
    gateway = await startGatewayWithEndedSession();
    expect(await statusOfTile()).toBe(503);
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/^The gateway has working cookies until .*\(in 23 hours\)/);
    expect(await statusOfTile()).toBe(200);
    await popup.getByText(/^working, until/).waitFor();
    await eventually(async () =>
      (await readFile(gateway!.cookiesFile, 'utf8')).includes(simulator.sessionValue),
    );
    expect(gateway.log()).not.toContain(simulator.sessionValue);
    expect(gateway.log()).not.toContain(ADMIN_KEY);
  });

  it('shows how to create the admin key, and the gateway accepts the key that the command prints', async () => {
    await browser.logIn();
    const popup = await browser.popup();
    await popup.getByText('No admin key yet?').click();
    const [command, start] = await popup.locator('details code').allTextContents();
    const key = execFileSync('sh', ['-c', command!], { encoding: 'utf8' }).trim();
    expect(start).toBe('ADMIN_KEY=key npm start');
    gateway = await startGateway(simulator, { env: { ADMIN_KEY: key } });
    await fillIn(popup, gateway.url, key);
    expect(await push(popup)).toMatch(/^The gateway has working cookies/);
    expect(await statusOfTile()).toBe(200);
  });

  it('reports a wrong admin key, and the gateway keeps its state', async () => {
    gateway = await startGatewayWithEndedSession();
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url, 'not-the-admin-key');
    expect(await push(popup)).toBe(
      'The gateway refused the admin key. Compare it with the ADMIN_KEY of the gateway.',
    );
    expect(await statusOfTile()).toBe(503);
  });

  it('reports a session that Strava does not accept, and the gateway keeps its cookies', async () => {
    gateway = await startGateway(simulator, { cookies: sessionOnly(simulator), env: { ADMIN_KEY } });
    await browser.visit('/login');
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/^Strava does not accept this session.*Log in at strava\.com/);
    expect(await statusOfTile()).toBe(200);
  });

  it('reports a gateway without an admin key, and one that is not running', async () => {
    gateway = await startGateway(simulator);
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(
      /^The gateway does not accept cookies at this URL\. Start it with ADMIN_KEY set to the admin key above/,
    );
    await gateway.close();
    expect(await push(popup)).toMatch(/^No response from the gateway/);
    gateway = undefined;
  });

  it.each([
    ['', 'Enter the URL of your gateway.'],
    ['tiles.example.org', 'The URL must start with https:// or http://.'],
  ])('rejects the URL "%s" before a request is sent', async (url, problem) => {
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, url, '');
    await popup.getByRole('button', { name: 'Push cookies' }).click();
    await popup.getByText(problem).waitFor();
    await popup.getByText('Enter the admin key').waitFor();
    expect(await popup.locator('#url').evaluate((field) => field.matches(':focus'))).toBe(true);
  });

  it('pushes each new session once, automatically, and stores no session', async () => {
    gateway = await startGatewayWithEndedSession();
    await browser.logIn();
    const first = simulator.sessionValue;
    const popup = await browser.popup();
    await fillIn(popup, gateway.url);
    await popup.getByLabel('Push new sessions automatically').check();
    await popup.getByText(/, automatic.*working cookies/).waitFor();
    expect(await statusOfTile()).toBe(200);
    await popup.close();

    simulator.endSession('redirect');
    await browser.logIn();
    expect(simulator.sessionValue).not.toBe(first);
    await eventually(async () =>
      (await readFile(gateway!.cookiesFile, 'utf8')).includes(simulator.sessionValue),
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

  it('marks the icon when an automatic push fails, retries with pauses, and recovers', async () => {
    const unavailable = await startStub(503, {}, '{"detail":"Strava is unavailable"}');
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, unavailable.url);
    const start = Date.now();
    await popup.getByLabel('Push new sessions automatically').check();
    await eventually(async () => (await badge()) === '!');
    for (let login = 0; login < 3; login++) {
      await browser.logIn();
      await new Promise((resolve) => setTimeout(resolve, 2300));
    }
    expect(unavailable.pushes()).toBe(1);
    const [alarm] = await browser.worker.evaluate(() => chrome.alarms.getAll());
    expect(alarm).toMatchObject({ name: 'retry' });
    expect(alarm!.scheduledTime - start).toBeGreaterThanOrEqual(60_000);
    await endPause();
    await eventually(() => unavailable.pushes() === 2);

    gateway = await startGateway(simulator, { env: { ADMIN_KEY } });
    await fillIn(popup, gateway.url);
    expect(await push(popup)).toMatch(/working cookies/);
    expect(await badge()).toBe('');
    expect(await browser.worker.evaluate(() => chrome.alarms.getAll())).toEqual([]);
  });

  it('does not send cookies to the target of a redirect', async () => {
    const redirecting = await startStub(307, { Location: 'http://127.0.0.1:1/admin/cookies' });
    await browser.logIn();
    const popup = await browser.popup();
    await fillIn(popup, redirecting.url);
    expect(await push(popup)).toMatch(/^This URL redirects to another one/);
  });

  it('keeps unused form input, and deletes everything on request', async () => {
    const popup = await browser.popup();
    await fillIn(popup, 'http://tiles.example.org');
    await popup.close();
    const again = await browser.popup();
    await eventually(async () => (await again.getByLabel('Admin key').inputValue()) === ADMIN_KEY);
    await again.getByText(/^HTTP to another machine is not encrypted/).waitFor();
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
