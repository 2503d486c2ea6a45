/** The two logins by browser, with the browser that is installed here. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { chromium, type Page } from 'playwright-core';
import { EMAIL, PASSWORD } from '../../simulator/login.js';
import { eventually } from '../../support/eventually.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { freePort } from '../../support/programs/free-port.js';
import { startCookieFront, type CookieFront } from '../../support/cookie-front.js';
import { Bench, seen } from '../../support/command.js';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let bench: Bench;
let front: CookieFront;

beforeEach(async () => {
  bench = await Bench.open();
  front = await startCookieFront(bench.simulator.webUrl);
});

afterEach(async () => {
  await front.close();
  await bench.close();
});

const env = (more: Record<string, string> = {}) => ({
  STRAVA_WEB_URL: front.url,
  BROWSER_ARGS: ARGS.join(','),
  STRAVA_EMAIL: EMAIL,
  STRAVA_PASSWORD: PASSWORD,
  ...more,
});

const values = async () => (await bench.cookies()).map(({ value }) => value);

describeWith(['chromium', '--version'], 'login --headless', () => {
  it('fills in the form of the login page and writes a file that opens deep tiles', async () => {
    const ended = await bench.run(['login', '--headless'], env());
    expect([ended.err, ended.code]).toEqual(['', 0]);
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    expect(await bench.cookies()).toContainEqual({
      name: '_strava4_session',
      value: bench.simulator.sessionValue,
    });
    expect(seen(ended, [EMAIL, PASSWORD, ...(await values())])).toEqual([]);
    expect(await bench.tileWithTheFile()).toBe(200);
  });

  it('takes the browser of BROWSER_PATH and gives it no credentials', async () => {
    const script = bench.path('my-browser');
    await writeFile(script, `#!/bin/sh\nenv > '${bench.path('env.txt')}'\nexec chromium "$@"\n`);
    await chmod(script, 0o755);
    const { code } = await bench.run(
      ['login', '--headless'],
      env({ BROWSER_PATH: script, ADMIN_KEY: 'admin-key' }),
    );
    expect(code).toBe(0);
    expect(await readFile(bench.path('env.txt'), 'utf8')).not.toMatch(/STRAVA_|ADMIN_|heat-is-on/);
  });

  it('says that the password is wrong after one try', async () => {
    const ended = await bench.run(['login', '--headless'], env({ STRAVA_PASSWORD: 'not-the-password' }));
    expect([ended.code, ended.out]).toEqual([3, '']);
    expect(ended.err).toMatch(/^Wrong credentials: /);
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
    expect(seen(ended, [EMAIL, 'not-the-password'])).toEqual([]);
  });

  it('says that a captcha is asked for after one try', async () => {
    bench.simulator.switches.captcha = true;
    const { code, err } = await bench.run(['login', '--headless'], env());
    expect(code).toBe(4);
    expect(err).toMatch(/^Refused: Strava asks for a captcha\. .*--headless/);
    expect(bench.simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
  });

  it('tells trouble of Strava, and gives up in time', async () => {
    bench.simulator.switches.web = { kind: 'status', status: 503 };
    expect((await bench.run(['login', '--headless'], env())).code).toBe(5);
    bench.simulator.switches.web = { kind: 'stall' };
    const late = await bench.run(['login', '--headless', '--timeout', '2'], env());
    expect([late.code, late.err]).toEqual([5, expect.stringContaining('no answer in time')]);
  });
});

describeWith(['sh', '-c', 'command -v Xvfb && command -v chromium'], 'login in a window', () => {
  let display: Awaited<ReturnType<typeof startDisplay>>;
  let port: number;
  let temporary: string;

  beforeEach(async () => {
    display = await startDisplay();
    port = await freePort();
    temporary = bench.path('tmp');
    await mkdir(temporary);
  });

  afterEach(() => display.stop());

  /** The command with a window in which {@link person} can type. */
  const open = (...args: string[]) =>
    bench.start(['login', ...args], {
      ...env({ BROWSER_ARGS: [...ARGS, `--remote-debugging-port=${port}`].join(',') }),
      DISPLAY: display.name,
      TMPDIR: temporary,
      STRAVA_EMAIL: '',
      STRAVA_PASSWORD: '',
    });

  /** Hands on the window's keyboard. */
  async function person<T>(act: (page: Page) => Promise<T>): Promise<T> {
    await eventually(() =>
      fetch(`http://127.0.0.1:${port}/json/version`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    try {
      const page = browser.contexts()[0]!.pages()[0]!;
      await page.waitForSelector('input[name=email]');
      return await act(page);
    } finally {
      await browser.close();
    }
  }

  async function type(page: Page, password: string): Promise<void> {
    await page.click('input[name=email]');
    await page.keyboard.type(EMAIL);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
  }

  const refreshes = () => bench.simulator.counters.refreshes;

  it('waits for the person, notices the login, writes the file and closes the browser', async () => {
    const { ended } = open();
    await person(async (page) => {
      expect((await profiles()).length).toBe(1);
      // A slow user causes no requests to Strava.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(refreshes().total).toBe(0);
      await type(page, PASSWORD);
    });
    const done = await ended;
    expect([done.code, bench.simulator.counters.logins.total]).toEqual([0, 1]);
    expect(done.err).toMatch(/^A browser opens http.*\/login\. Log in there within 300 seconds/);
    expect(refreshes().total).toBeLessThanOrEqual(2);
    expect(seen(done, [EMAIL, PASSWORD, ...(await values())])).toEqual([]);
    expect(await bench.tileWithTheFile()).toBe(200);
    await expectNothingLeft();
  });

  it('lets the person mistype the password', async () => {
    const { ended } = open('--json');
    await person(async (page) => {
      await type(page, 'not-the-password');
      await eventually(() => bench.simulator.counters.logins.total === 1);
      await page.waitForURL('**/login');
      await type(page, PASSWORD);
    });
    const done = await ended;
    expect(JSON.parse(done.out)).toMatchObject({ status: 'ok', file: bench.cookiesFile, exitCode: 0 });
    expect(bench.simulator.counters.logins).toEqual({ total: 2, succeeded: 1 });
    expect(refreshes().total).toBeLessThanOrEqual(4);
  });

  it('ends without a file when no login happens', async () => {
    const { code, err } = await open('--timeout', '3').ended;
    expect([code, err]).toEqual([1, expect.stringContaining('there was no login within the timeout')]);
    await expectNothingLeft();
  });

  it('ends without a file when the window is closed', async () => {
    const { ended } = open();
    await person((page) => page.close());
    const { code, err } = await ended;
    expect([code, err]).toEqual([1, expect.stringContaining('the window was closed')]);
    await expectNothingLeft();
  });

  it('ends without a file when it is interrupted', async () => {
    const { child, ended } = open();
    await person(async () => child.kill('SIGINT'));
    const { code, err } = await ended;
    expect([code, err]).toEqual([1, expect.stringContaining('was interrupted')]);
    await expectNothingLeft();
  });

  /** The browser is gone, and its profile with the session too. */
  async function expectNothingLeft(): Promise<void> {
    await expect(fetch(`http://127.0.0.1:${port}/json/version`)).rejects.toThrow();
    expect(await profiles()).toEqual([]);
  }

  async function profiles(): Promise<string[]> {
    return (await readdir(temporary)).filter((name) => name.includes('profile'));
  }
});

/** A virtual screen. */
async function startDisplay(): Promise<{ name: string; stop(): Promise<void> }> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const number = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
    server.once('exit', () => reject(new Error('Xvfb ended')));
  });
  return {
    name: `:${number}`,
    stop() {
      server.kill();
      return ended;
    },
  };
}
