/** A rejected session in a web page: the images of the page say so, and a page that fetches tiles gets the reason. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sessionExpiredPng } from '../../../src/tiles/index.js';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { eventually } from '../../support/eventually.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { withSimulator } from '../../support/with-gateway.js';
import { decode, difference, premultiplied, type Picture } from '../clients/pixels.js';
import { startChromium } from './chromium.js';
import { drawIn, openPage, readableIn } from './map-page.js';
import { startWebSite, type WebSite } from './web-site.js';

const setup = withSimulator({ per: 'suite' });
const { z, x, y } = tileWithHeat(15);
const TILE = `/xyz/all/hot/${z}/${x}/${y}.png`;
const NOTICE = sessionExpiredPng(256);

let site: WebSite;
let browser: Browser;
let page: Page;

function expectNotice(drawn: Picture | { readonly width: number }): void {
  expect(drawn).toHaveProperty('data');
  expect(difference(premultiplied(drawn as Picture), premultiplied(decode(NOTICE)))).toBeUndefined();
}

describeWith(['sh', '-c', 'chromium --version'], 'in Chromium,', () => {
  beforeAll(async () => {
    site = await startWebSite();
    browser = await startChromium();
    page = await openPage(await browser.newContext(), `http://map.localhost:${site.port}`);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  describe.each([
    ['false', 503, 'application/problem+json'],
    ['true', 200, 'image/png'],
  ])('with SESSION_EXPIRED_TILE=%s,', (setting, fetchedStatus, fetchedType) => {
    let gateway: RunningGateway;
    beforeAll(async () => {
      gateway = await setup.start({
        cookies: [{ name: '_strava4_session', value: 'gone' }],
        env: { CORS_ORIGINS: '*', SESSION_EXPIRED_TILE: setting },
      });
    });

    it('an image of a page shows the notice, and its status is 503', async () => {
      const statuses: number[] = [];
      page.on('response', (response) => statuses.push(response.status()));
      const url = `${gateway.url}${TILE}`;
      expect(await drawIn(page, url)).toMatchObject({ width: 256 });
      expectNotice(await drawIn(page, url, { crossOrigin: 'anonymous' }));
      // The browser keeps no response: each image is a request.
      await eventually(() => statuses.length >= 2);
      expect(statuses).toEqual([503, 503]);
      page.removeAllListeners('response');
    });

    it(`a page that fetches a tile gets ${fetchedStatus}`, async () => {
      const { status, headers, body } = await readableIn(page, `${gateway.url}${TILE}`);
      expect([status, headers['content-type']]).toEqual([fetchedStatus, fetchedType]);
      if (fetchedStatus === 200) expect(body.equals(NOTICE)).toBe(true);
    });
  });
});
