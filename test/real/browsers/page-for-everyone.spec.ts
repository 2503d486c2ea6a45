/** The page at `/` in every state, on desktop and phone, in light and dark, by keyboard alone. */
import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../../support/eventually.js';
import { fullCookies, type RunningGateway } from '../../support/gateway.js';
import { FILE_READERS } from '../../support/presets/file-readers.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { freePort } from '../../support/programs/free-port.js';
import { withSimulator } from '../../support/with-gateway.js';
import { startChromium } from './chromium.js';
import { openAt, showTabAgain, shownTiles } from './landing-page.js';

const KEY = 'a-secret-key-0123456789';
const CLOSED = 'http://127.0.0.1:9';
const setup = withSimulator({ per: 'suite' });
let browser: Browser;

const text = async (page: Page, selector: string) =>
  ((await page.textContent(selector)) ?? '').replace(/\s+/g, ' ').trim();
const stateBecomes = (page: Page, words: string) =>
  eventually(async () => (await text(page, '#state')).includes(words));

/** Each state: its gateway, and words of the page. */
const STATES: Readonly<Record<string, [start: () => Promise<RunningGateway>, words: string]>> = {
  anonymous: [() => setup.start(), 'There are no Strava cookies.'],
  valid: [() => setup.start({ cookies: 'full' }), 'The Strava session is valid. Its cookies expire at'],
  'session rejected': [
    () => {
      setup.simulator.switches.endedSession = 'redirect';
      return setup.start({ cookies: 'session' });
    },
    'Strava asks to log in. Log in to Strava in a browser',
  ],
  onboarding: [
    () => {
      setup.simulator.switches.onboarding = true;
      return setup.start({ cookies: 'session' });
    },
    'finish the set-up of the account there',
  ],
  'no internet': [
    () => setup.start({ cookies: 'full', env: { STRAVA_TILES_URL: 'http://tiles.invalid' } }),
    'No internet connection:',
  ],
  'Strava unreachable': [
    () => setup.start({ cookies: 'full', env: { STRAVA_TILES_URL: CLOSED } }),
    "Strava's tile host cannot be reached",
  ],
  throttled: [
    () => {
      setup.simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 3600 };
      return setup.start({ cookies: 'full' });
    },
    'Strava asks for fewer requests;',
  ],
};

const SCREENS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

/** What axe finds that keeps people from using the page, apart from the elements of `exclude`. */
async function seriousFindings(page: Page, exclude: readonly string[]): Promise<unknown> {
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify({ exclude })})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}

/** Whether the page scrolls sideways, and which of its texts and controls overlap each other. */
const layoutFaults = (page: Page) =>
  page.evaluate<unknown>(`(() => {
    const root = document.documentElement;
    const shown = [...document.querySelectorAll('h1, h2, p, dt, code, pre, a, button, input, select, summary, #map')]
      .filter((element) => element.checkVisibility() && !element.closest('.unseen, #skip, #map *'));
    const faults = root.scrollWidth > root.clientWidth ? ['wider than the window: ' + root.scrollWidth] : [];
    const rects = shown.map((element) => element.getBoundingClientRect());
    for (let i = 0; i < shown.length; i++)
      for (let j = 0; j < i; j++) {
        const [a, b] = [rects[i], rects[j]];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 1 && !shown[i].contains(shown[j]) && !shown[j].contains(shown[i]))
          faults.push(shown[j].outerHTML.slice(0, 80) + ' overlaps ' + shown[i].outerHTML.slice(0, 80));
      }
    return faults;
  })()`);

/** The cards are the same in each state, and there are many of them, so one state checks them. */
async function expectUsable(page: Page, name: string, exclude = ['.cards', '.layers']): Promise<void> {
  await page.evaluate(axe.source);
  for (const [width, colorScheme] of SCREENS) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    const screen = `${name}, ${width} px, ${colorScheme}`;
    expect([screen, await layoutFaults(page)]).toEqual([screen, []]);
    expect([screen, await seriousFindings(page, exclude)]).toEqual([screen, []]);
  }
}

describeWith(['sh', '-c', 'chromium --version'], 'the page at / for everyone', () => {
  beforeAll(async () => {
    browser = await startChromium();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(() => browser.close());

  it.each(Object.keys(STATES))('in the state "%s" says so and is usable', async (name) => {
    const [start, words] = STATES[name]!;
    const { url } = await start();
    const { page, origins } = await openAt(browser, url);
    await stateBecomes(page, words);
    await eventually(async () => (await page.locator('.cards details').count()) > 20);
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    await page.getByRole('button', { name: 'QR code for OsmAnd' }).click();
    await page.waitForSelector('.qr svg');
    await expectUsable(page, name, name === 'valid' ? [] : undefined);
    expect([...origins]).toEqual([url]);
  });

  it('without a gateway says so, and is usable', async () => {
    const env = { PORT: String(await freePort()) };
    const gateway = await setup.start({ cookies: 'full', env });
    const { page } = await openAt(browser, gateway.url);
    await shownTiles(page);
    await gateway.close();
    await showTabAgain(page);
    await stateBecomes(page, 'The gateway does not respond. Start the gateway again');
    await expectUsable(page, 'stopped');
    await setup.start({ cookies: 'full', env });
    await showTabAgain(page);
    await stateBecomes(page, 'The Strava session is valid.');
  });

  it('with the form for a key is usable', async () => {
    const { url } = await setup.start({ cookies: 'full', keys: { keys: [KEY] } });
    const { page, origins } = await openAt(browser, url);
    await page.fill('#key', 'wrong');
    await page.press('#key', 'Enter');
    await eventually(async () => (await text(page, '#key-problem')).includes('does not accept'));
    await expectUsable(page, 'key form');
    expect([...origins]).toEqual([url]);
  });

  it('shows new zoom levels when a session is added, without a reload', async () => {
    const { url, cookiesFile } = await setup.start();
    const { page, console } = await openAt(browser, url);
    await stateBecomes(page, 'There are no Strava cookies.');
    await eventually(async () => (await text(page, '.cards')).includes('Zoom 0 to 12,'));
    await writeFile(cookiesFile, JSON.stringify(fullCookies(setup.simulator)));
    await eventually(async () => (await (await fetch(`${url}/health`)).text()).includes('"ok"'));
    await showTabAgain(page);
    await stateBecomes(page, 'The Strava session is valid.');
    await eventually(async () => (await text(page, '.cards')).includes('Zoom 0 to 16,'));
    expect(await text(page, '#urls')).toContain('XYZ, 1024 px, zoom 0-14');
    expect(await page.locator('#urls button').count()).toBe(await page.locator('#urls code').count());
    expect(console).toEqual([]);
  });

  describe('by keyboard alone', () => {
    const focused = (page: Page) => page.locator('*:focus');

    /** Presses Tab until the element has the focus. */
    async function tabTo(page: Page, selector: string): Promise<void> {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
      }
      throw new Error(`Tab does not reach ${selector}.`);
    }

    it('every control is reached, and its focus is visible', async () => {
      const { url } = await setup.start({ cookies: 'full' });
      const { page } = await openAt(browser, url);
      await shownTiles(page);
      const controls = await page.evaluate<number>(`(() => {
        window.seen = new Set();
        window.controls = [...document.querySelectorAll('a[href], button, input, select, summary, pre, #map')]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }));
        return controls.length;
      })()`);
      for (let i = 0; i < controls; i++) {
        await page.keyboard.press('Tab');
        await page.evaluate(`
          if (getComputedStyle(document.activeElement).outlineStyle !== 'none') seen.add(document.activeElement);
        `);
      }
      expect(
        await page.evaluate(
          `controls.filter((control) => !seen.has(control)).map(({ outerHTML }) => outerHTML)`,
        ),
      ).toEqual([]);
    });

    it('the link at the top skips to the settings, and the hash still names the layer', async () => {
      const { url } = await setup.start({ cookies: 'full' });
      const { page } = await openAt(browser, `${url}/#ride/hot/256/100/6.0/46.0000/8.0000`);
      await shownTiles(page);
      await page.keyboard.press('Tab');
      expect(await focused(page).textContent()).toBe('Skip to the settings for map programs');
      await page.keyboard.press('Enter');
      expect(await focused(page).getAttribute('id')).toBe('clients-title');
      expect(page.url()).toContain('#ride/hot/');
    });

    it('a user finds a sport, chooses a colour, moves the map, copies a URL and downloads a file', async () => {
      const { url } = await setup.start({ cookies: 'full' });
      const { page } = await openAt(browser, url, { permissions: ['clipboard-read', 'clipboard-write'] });
      await shownTiles(page);
      await tabTo(page, '#sport-filter');
      await page.keyboard.type('trail');
      await eventually(async () => (await text(page, '#announcement')).includes('sports'));
      await page.keyboard.press('Enter');
      expect(await text(page, '#announcement')).toBe('Sport: Trail Run');
      await tabTo(page, '#color');
      await page.keyboard.type('Blue');
      await eventually(() => page.url().includes('#sport_TrailRun/blue/'));

      await tabTo(page, '#map');
      const place = () => page.url().split('/').slice(-3).map(Number);
      const [zoom, , longitude] = place();
      await page.keyboard.press('ArrowRight');
      await eventually(() => place()[2]! > longitude!);
      await page.keyboard.press('+');
      await eventually(() => place()[0]! > zoom!);

      const template = `${url}/xyz/sport_TrailRun/blue/{z}/{x}/{y}.png`;
      await eventually(async () => (await text(page, '.cards')).includes(template));
      for (;;) {
        await tabTo(page, '.cards summary');
        if ((await focused(page).textContent()) === 'QGIS, XYZ connections') break;
      }
      await page.keyboard.press('Enter');
      await tabTo(page, 'a[download]');
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      const chunks = await (await download.createReadStream()).toArray();
      const [preset] = await FILE_READERS['qgis-xyz.xml']!(Buffer.concat(chunks), () =>
        Promise.reject(new Error()),
      );
      expect(preset!.url({ z: 3, x: 4, y: 2 })).toBe(`${url}/xyz/sport_TrailRun/blue/3/4/2.png`);

      for (;;) {
        await tabTo(page, '.cards summary');
        if ((await focused(page).textContent()) === 'CalTopo') break;
      }
      await page.keyboard.press('Enter');
      await tabTo(page, 'button');
      await page.keyboard.press('Enter');
      await eventually(async () => (await text(page, '#announcement')) === 'Copied: for CalTopo');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
        `${url}/xyz/sport_TrailRun/blue/{Z}/{X}/{Y}.png`,
      );
    });
  });
});
