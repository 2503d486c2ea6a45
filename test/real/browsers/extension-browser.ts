/** Chromium with the extension, and the simulated Strava under its real host name. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright-core';
import type { Simulator } from '../../simulator/simulator.js';
import { EMAIL, PASSWORD } from '../../simulator/login.js';

const EXTENSION = resolve('extension');

export interface Browser {
  /** The service worker of the extension, which has the `chrome` API. */
  readonly worker: Worker;
  readonly context: BrowserContext;
  /** The popup in a tab, with the width of the real one. */
  popup(options?: { dark?: boolean }): Promise<Page>;
  /** Logs in with the form at https://www.strava.com/login, which sets the cookies of the site. */
  logIn(): Promise<void>;
  /** Opens a page of https://www.strava.com. */
  visit(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Uses a new profile each time, so that tests are independent. */
export async function startBrowser(simulator: Simulator): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'extension-'));
  const site = await startStrava(simulator, profile);
  const close = async () => {
    await site.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const context = await launch(join(profile, 'profile'), site.port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const visit = async (path: string) => {
    const page = await context.newPage();
    await page.goto(`https://www.strava.com${path}`);
    await page.close();
  };
  return {
    worker,
    context,
    visit,
    async popup({ dark = false } = {}) {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize({ width: 376, height: 600 });
      await page.goto(new URL('/popup.html', worker.url()).href);
      return page;
    },
    async logIn() {
      const page = await context.newPage();
      await page.goto('https://www.strava.com/login');
      await page.fill('[name=email]', EMAIL);
      await page.fill('[name=password]', PASSWORD);
      await page.click('button');
      await page.waitForURL('**/dashboard');
      await page.close();
    },
    async close() {
      await context.close();
      await close();
    },
  };
}

function launch(profile: string, stravaPort: number): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    headless: true,
    locale: 'en-GB',
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-sync',
      '--lang=en-GB',
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP *.strava.com:443 127.0.0.1:${stravaPort}`,
      `--disable-extensions-except=${EXTENSION}`,
      `--load-extension=${EXTENSION}`,
    ],
  });
}

/** HTTPS in front of the web host of the simulator, because browsers require it for strava.com. */
async function startStrava(simulator: Simulator, folder: string) {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=strava.com`;
  execFileSync('openssl', ['req', ...options.split(' '), '-keyout', key, '-out', cert], { stdio: 'pipe' });
  const server = createServer(
    { key: await readFile(key), cert: await readFile(cert) },
    (incoming, outgoing) => {
      const { method, headers, url } = incoming;
      const onward = request(`${simulator.webUrl}${url}`, { method, headers, agent: false }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
