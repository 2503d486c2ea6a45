/** The page at `/` in a real Chromium: its own policy lets it do what it does and nothing else, and its address stays with it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Request } from 'playwright-core';
import { eventually } from '../../support/eventually.js';
import type { GatewayOptions, RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startChromium } from './chromium.js';
import { heatOn, openAt, shownTiles } from './landing-page.js';
import { startWebSite, type WebSite } from './web-site.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'a-secret-key-0123456789';

const setup = withSimulator({ per: 'suite' });
let site: WebSite;
let browser: Browser;
let open: RunningGateway;
let keyed: RunningGateway;

const siteAt = (path: string) => `http://elsewhere.localhost:${site.port}${path}`;
const askedOfSite = (path: string) => site.requests.filter(({ url }) => url === path);

describeWith(['sh', '-c', 'chromium --version'], 'the page at / in Chromium', () => {
  const start = (options: GatewayOptions = {}) => setup.start({ cookies: 'full', ...options });

  beforeAll(async () => {
    site = await startWebSite();
    browser = await startChromium();
    open = await start();
    keyed = await start({ keys: { keys: [KEY] } });
  });

  afterEach(async () => {
    site.requests.length = 0;
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it.each(['/', `/?key=${KEY}`, `/k/${KEY}/`])(
    'opened at %s is styled, shows its tiles, and breaks no rule of its own',
    async (path) => {
      const { page, console, violations } = await openAt(
        browser,
        `${path === '/' ? open.url : keyed.url}${path}`,
      );
      expect(
        await page.evaluate(
          `[getComputedStyle(document.body).fontFamily, getComputedStyle(document.querySelector('dt')).fontWeight]`,
        ),
      ).toEqual([expect.stringContaining('system-ui'), '600']);
      await shownTiles(page);
      expect(await heatOn(page)).toBeGreaterThan(1000);
      expect([console, await violations()]).toEqual([[], []]);
    },
  );

  it.each([
    ['with an address of IPv6, which no policy can name', '[::1]'],
    ['with another host name', 'gateway.localhost'],
  ])('shows its tiles %s', async (_name, host) => {
    const { page, console, violations } = await openAt(browser, open.url.replace('127.0.0.1', host));
    await shownTiles(page);
    expect([console, await violations()]).toEqual([[], []]);
  });

  it('shows its tiles from PUBLIC_URL where that is not the address at which it was opened', async () => {
    const publicUrl = open.url.replace('127.0.0.1', 'gateway.localhost');
    const running = await start({ env: { PUBLIC_URL: publicUrl } });
    const { page, console } = await openAt(browser, running.url);
    for (const url of await shownTiles(page)) expect(url).toContain(publicUrl);
    expect(console).toEqual([]);
  });

  it('shows its tiles where the gateway redirects to the upstream', async () => {
    const running = await start({ cookies: [], env: { ANONYMOUS_MODE: 'redirect' } });
    await fetch(`${running.url}/xyz/all/hot/0/0/0.png`);
    const { page, console, violations } = await openAt(browser, running.url);
    await shownTiles(page);
    expect(setup.simulator.counters.requests.anonymous).toBeGreaterThanOrEqual(12);
    expect([console, await violations()]).toEqual([[], []]);
  });

  it('has no inline script and no event handler', async () => {
    const { page } = await openAt(browser, open.url);
    expect(
      await page.evaluate(`[
        document.querySelectorAll('script:not([src]), iframe, object, embed, base, style').length,
        [...document.querySelectorAll('*')].flatMap((element) =>
          element.getAttributeNames().filter((name) => name.startsWith('on')),
        ).length,
        [...document.querySelectorAll('[href], [src], [action]')].filter((element) =>
          /^\\s*(javascript|data):/i.test(element.getAttribute('href') ?? element.getAttribute('src')),
        ).length,
      ]`),
    ).toEqual([0, 0, 0]);
  });

  it.each([
    ['a script', 'script-src-elem', () => append('script', { textContent: 'ran = true' })],
    ['a script from elsewhere', 'script-src-elem', () => append('script', { src: siteAt('/stolen') })],
    ['an address of javascript:', 'script-src-elem', () => `location.href = 'javascript:void(ran = true)'`],
    [
      'a handler of events',
      'script-src-attr',
      () => `document.body.innerHTML = '<b onclick="ran = true"></b>'; document.querySelector('b').click()`,
    ],
    ['a style sheet', 'style-src-elem', () => append('style', { textContent: 'body { font: 9px Ahem }' })],
    [
      'a style sheet from elsewhere',
      'style-src-elem',
      () => append('link', { rel: 'stylesheet', href: siteAt('/stolen') }),
    ],
    ['a picture from elsewhere', 'img-src', () => append('img', { src: siteAt('/stolen') })],
    ['a request', 'connect-src', () => `void fetch('${siteAt('/stolen')}').catch(() => {})`],
    ['a frame', 'frame-src', () => append('iframe', { src: siteAt('/stolen') })],
    ['an object', 'object-src', () => append('object', { data: siteAt('/stolen') })],
    [
      'a form',
      'form-action',
      () =>
        `${append('form', { action: siteAt('/stolen') })}; document.querySelector('body > form').submit()`,
    ],
    ['another base of addresses', 'base-uri', () => append('base', { href: siteAt('/') })],
  ])('blocks %s that was injected into it', async (_name, directive, attack) => {
    const { page, violations } = await openAt(browser, `${keyed.url}/?key=${KEY}`);
    const font = () => page.evaluate<string>('getComputedStyle(document.body).font');
    const before = await font();
    await page.evaluate(attack());
    await eventually(async () => (await violations()).length > 0);
    expect(await violations()).toContain(directive);
    // One reading of both: the page writes its map's place into the hash at any time.
    expect(await page.evaluate('[typeof ran, document.baseURI === location.href]')).toEqual([
      'undefined',
      true,
    ]);
    expect(await font()).toBe(before);
    expect(site.requests).toEqual([]);
  });

  it('shows the chosen layer, keeps it in the hash, and finds sports by words', async () => {
    const { page, console } = await openAt(browser, `${open.url}/#ride/bluered/512/70/6.0/46.0000/8.0000`);
    for (const url of await shownTiles(page))
      expect(url).toMatch(/\/xyz\/ride\/bluered\/\d+\/\d+\/\d+@2x\.png$/);
    await page.fill('#sport-filter', 'trail');
    expect(await page.locator('#sport option').allTextContents()).toEqual(['All Cycle Sports', 'Trail Run']);
    await page.press('#sport-filter', 'Enter');
    await eventually(() => page.url().includes('#sport_TrailRun/bluered/512/70/6.0/46.0000/8.0000'));
    await page.selectOption('#color', 'hot');
    await eventually(async () =>
      (await shownTiles(page)).some((url) => url.includes('/xyz/sport_TrailRun/hot/')),
    );
    expect(console).toEqual([]);
  });

  it('asks for a key, keeps it out of its address, and then shows the map', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${keyed.url}/?access_token=expired`);
    await page.fill('#key', 'wrong');
    await page.press('#key', 'Enter');
    await eventually(
      async () => (await page.textContent('#key-problem')) === 'The gateway does not accept this key.',
    );
    await page.fill('#key', KEY);
    await page.press('#key', 'Enter');
    for (const url of await shownTiles(page)) expect(url).toContain(`?key=${KEY}`);
    expect(await page.textContent('dl')).toContain(`key=${KEY}`);
    const cards = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.cards details')].map((card) => card.textContent + [...card.querySelectorAll('a')].map(({ href }) => href))`,
    );
    expect(cards.length).toBeGreaterThan(20);
    for (const card of cards) expect(card).toContain(KEY);
    expect(
      await page.evaluate(
        `[location.href, document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)].join()`,
      ),
    ).not.toContain(KEY);
  });

  describe('and its address, which holds a key,', () => {
    /** Leaves the page for the site; the Referer that arrives there. */
    async function refererAfter(
      page: Page,
      go: (page: Page) => Promise<unknown>,
    ): Promise<string | undefined> {
      await go(page);
      await eventually(() => askedOfSite('/landed').length > 0);
      expect(askedOfSite('/landed')).toHaveLength(1);
      return askedOfSite('/landed')[0]!.headers.referer;
    }

    const clickLink =
      (attributes: Record<string, string> = {}) =>
      async (page: Page) => {
        await page.evaluate(append('a', { href: siteAt('/landed'), textContent: 'onward', ...attributes }));
        await page.click('text=onward');
      };
    const leave = (page: Page) => page.evaluate(`location.assign('${siteAt('/landed')}')`);

    it.each(
      [`/?key=${KEY}`, `/k/${KEY}/`].flatMap((path) => [
        [path, 'a link', clickLink()] as const,
        [path, 'a link to a new tab', clickLink({ target: '_blank', rel: 'opener' })] as const,
        [path, 'an order to go there', leave] as const,
      ]),
    )('%s is not told to the site behind %s', async (path, _name, go) => {
      const { page } = await openAt(browser, `${keyed.url}${path}`);
      expect(await refererAfter(page, go)).toBeUndefined();
    });

    it.each([
      `/k/${KEY}/health`,
      `/k/${KEY}/nothing`,
      `/tilejson/all/hot.json?key=${KEY}`,
      `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&key=${KEY}`,
      `/xyz/all/hot/0/0/0.png?key=${KEY}`,
      `/xyz/all/hot/0/0/0.png?key=${KEY}x`,
      `/%zz?key=${KEY}`,
    ])('%s is not told either', async (path) => {
      const { page } = await openAt(browser, `${keyed.url}${path}`);
      expect(await refererAfter(page, leave)).toBeUndefined();
    });

    it('would be seen: pages that do not mind tell it', async () => {
      const { page } = await openAt(browser, siteAt('/?key=1'));
      expect(await refererAfter(page, clickLink())).toBe(siteAt('/?key=1'));
    });

    it('is not told with its own tiles', async () => {
      const page = await (await browser.newContext()).newPage();
      const seen: Request[] = [];
      page.on('request', (request) => seen.push(request));
      await page.goto(`${keyed.url}/?key=${KEY}`);
      await shownTiles(page);
      const tiles = seen.filter((request) => request.url().includes('/xyz/all/hot/5/'));
      expect(tiles.length).toBeGreaterThanOrEqual(12);
      for (const request of tiles) expect(await request.allHeaders()).not.toHaveProperty('referer');
    });
  });
});

/** Source of an element that is put into the page. */
function append(name: string, properties: Readonly<Record<string, string>>): string {
  return `document.body.append(Object.assign(document.createElement('${name}'), ${JSON.stringify(properties)}))`;
}
