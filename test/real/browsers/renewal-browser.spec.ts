import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { tileWithHeat } from '../../simulator/find-tile.js';
import { EMAIL, PASSWORD } from '../../simulator/login.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { fullCookies, startGateway, type RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startCookieFront, type CookieFront } from '../../support/cookie-front.js';

let simulator: Simulator;
let front: CookieFront;
let running: RunningGateway;

beforeEach(async () => {
  simulator = await startSimulator();
  front = await startCookieFront(simulator.webUrl);
});

afterEach(async () => {
  await running.close();
  await front.close();
  await simulator.close();
});

describeWith(['chromium', '--version'], 'SESSION_RENEWAL=browser', () => {
  it('logs in again in a browser without a window when the session is rejected', async () => {
    running = await startGateway(simulator, {
      cookies: fullCookies(simulator),
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
    const tile = async () => (await fetch(`${running.url}/xyz/all/hot/${z}/${x}/${y}.png`)).status;
    simulator.endSession('redirect');
    simulator.revokeKeyPair();
    expect(await tile()).toBe(503);
    await eventually(async () => (await tile()) === 200, 25_000);
    expect(simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    expect(running.log()).not.toContain(PASSWORD);
  });
});
