/** Automatic login in a headless browser. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { EMAIL, PASSWORD } from '../../simulator/login.js';
import { eventually } from '../../support/eventually.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startCookieFront, type CookieFront } from '../../support/cookie-front.js';
import { withSimulator } from '../../support/with-gateway.js';

const setup = withSimulator();
let front: CookieFront;

beforeEach(async () => {
  front = await startCookieFront(setup.simulator.webUrl);
});

afterEach(() => front.close());

describeWith(['chromium', '--version'], 'SESSION_RENEWAL=browser', () => {
  it('logs in again in a headless browser when the session is rejected', async () => {
    await setup.start({
      cookies: 'full',
      env: {
        STRAVA_WEB_URL: front.url,
        SESSION_RENEWAL: 'browser',
        STRAVA_EMAIL: EMAIL,
        STRAVA_PASSWORD: PASSWORD,
        BROWSER_ARGS:
          '--no-sandbox,--disable-gpu,--no-first-run,--disable-background-networking,--disable-sync',
      },
    });
    const { z, x, y } = tileWithHeat(15);
    const tile = async () => (await setup.get(`/xyz/all/hot/${z}/${x}/${y}.png`)).status;
    setup.simulator.endSession('redirect');
    setup.simulator.revokeKeyPair();
    expect(await tile()).toBe(503);
    await eventually(async () => (await tile()) === 200);
    expect(setup.simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    expect(setup.gateway.log()).not.toContain(PASSWORD);
  });
});
