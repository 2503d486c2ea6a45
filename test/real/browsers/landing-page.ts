/** The page at `/` in a browser: what it says, requests and draws. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { eventually } from '../../support/eventually.js';

export interface Opened {
  readonly page: Page;
  /** What the browser said in its console, errors of scripts included. */
  readonly console: readonly string[];
  /** The origins that the page has sent requests to. */
  readonly origins: ReadonlySet<string>;
  /** Directives of the Content-Security-Policy that something broke, so far. */
  readonly violations: () => Promise<readonly string[]>;
}

export async function openAt(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const console: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => console.push(message.text()));
  page.on('pageerror', ({ message }) => console.push(message));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) origins.add(new URL(request.url()).origin);
  });
  await page.addInitScript(`
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
  `);
  await page.goto(address);
  return { page, console, origins, violations: () => page.evaluate('violations') };
}

/** Waits until the map shows tiles; their URLs. */
export async function shownTiles(page: Page): Promise<string[]> {
  const tiles = () =>
    page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/xyz/') && !name.includes('/0/0/0.png'))`,
    );
  await eventually(async () => (await tiles()).length >= 6);
  await page.waitForLoadState('networkidle');
  return tiles();
}

/** Opaque pixels of the heat layer, with the red of its colour. */
export function heatOn(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('#map canvas:last-of-type');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] > 200 && data[i + 2] < 100) found++;
    return found;
  })()`);
}

/** Has the page ask for the state at once, as when its tab is shown again. */
export function showTabAgain(page: Page): Promise<unknown> {
  return page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
}
