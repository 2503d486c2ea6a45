/** Chromium asks before a page of the internet reaches a gateway on this computer or in the LAN, and blocks the request until then. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { eventually } from '../../support/eventually.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { withSimulator } from '../../support/with-gateway.js';
import { startChromium } from './chromium.js';
import { drawIn, openPage, readIn } from './map-page.js';
import { startWebSite, type WebSite } from './web-site.js';

const setup = withSimulator({ per: 'suite' });
const { z, x, y } = tileWithHeat(9);
const TILE = `/xyz/all/hot/${z}/${x}/${y}.png`;

/** The second one has an address that counts as one of the LAN. */
const gateways: RunningGateway[] = [];
/** Its address counts as one of the internet. */
let internet: WebSite;
let sameComputer: WebSite;
let browser: Browser;

const pageOf = (site: WebSite) => `http://map.localhost:${site.port}`;

async function visit(site: WebSite, permissions: string[] = []): Promise<{ page: Page; messages: string[] }> {
  const page = await openPage(await browser.newContext({ permissions }), pageOf(site));
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  return { page, messages };
}

const requestsForTile = (gateway: RunningGateway) => gateway.log().split(`"path":"${TILE}"`).length - 1;

describeWith(['sh', '-c', 'chromium --version'], 'in Chromium,', () => {
  beforeAll(async () => {
    for (let i = 0; i < 2; i++)
      gateways.push(await setup.start({ cookies: 'full', env: { CORS_ORIGINS: '*' } }));
    internet = await startWebSite();
    sameComputer = await startWebSite();
    const { port: lanPort } = new URL(gateways[1]!.url);
    browser = await startChromium([
      `--ip-address-space-overrides=127.0.0.1:${internet.port}=public,127.0.0.1:${lanPort}=local`,
    ]);
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser.close();
    await internet.close();
    await sameComputer.close();
  });

  describe.each([
    ['loopback', 0],
    ['local', 1],
  ])('a page of the internet with a gateway of the %s address space', (space, index) => {
    it('gets no tile without permission, whatever CORS allows, and the console says why', async () => {
      const gateway = gateways[index]!;
      const { page, messages } = await visit(internet);
      const before = requestsForTile(gateway);
      expect(await readIn(page, `${gateway.url}${TILE}`)).toBe('TypeError');
      expect(await drawIn(page, `${gateway.url}${TILE}`)).toEqual({ width: 0 });
      const reason = new RegExp(`Permission was denied .* \`${space}\` address space`);
      await eventually(() => reason.test(messages.join('\n')));
      expect(requestsForTile(gateway)).toBe(before);
    });

    it('gets tiles with permission, as an image and with fetch', async () => {
      const { url } = gateways[index]!;
      const { page, messages } = await visit(internet, ['local-network-access']);
      expect(await readIn(page, `${url}${TILE}`)).toMatchObject({ status: 200 });
      expect(await drawIn(page, `${url}${TILE}`)).toMatchObject({ width: 256 });
      expect(messages).toEqual([]);
    });
  });

  it('a page of the same computer needs no permission', async () => {
    const { page } = await visit(sameComputer);
    const { url } = gateways[0]!;
    expect(await readIn(page, `${url}${TILE}`)).toMatchObject({ status: 200 });
    expect(await drawIn(page, `${url}${TILE}`)).toMatchObject({ width: 256 });
  });
});
