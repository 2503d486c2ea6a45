/** Four simulated weeks: gateway and simulator share the clock of the test. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { CookieKeeper } from '../../src/cookie-store/index.js';
import { tileWithHeat } from '../simulator/find-tile.js';
import { startSimulator } from '../simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { sessionOnly, startGateway, type RunningGateway } from '../support/gateway.js';
import { ManualClock } from '../support/doubles/manual-clock.js';

const HOUR = 3_600_000;
const STEP = HOUR / 2;
const WEEKS = 4;
const ADMIN_KEY = 'an-admin-key-0123456789';

/** Turns of the event loop, enough for a response to pass through the sockets of this process. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}

it('four weeks of expiries, revocations, outages, restarts, a rejected session and a push lose no cookie and cause no avoidable error', async () => {
  const clock = new ManualClock(Date.now());
  const simulator = await startSimulator({ now: () => clock.now() });
  const folder = await mkdtemp(join(tmpdir(), 'weeks-'));
  const cookiesFile = join(folder, 'strava-cookies.json');
  const unrelated = { name: 'unrelated', value: 'stays', domain: '.strava.com' };
  await writeFile(cookiesFile, JSON.stringify([unrelated, ...sessionOnly(simulator)]));
  // Tiles are not kept, so that every request needs cookies that work.
  const start = () =>
    startGateway(simulator, { clock, cookiesFile, env: { TILE_CACHE_MAX_BYTES: '0', ADMIN_KEY } });
  let running: RunningGateway = await start();
  const { x, y } = tileWithHeat(15);
  const tile = async () => (await fetch(`${running.url}/xyz/all/hot/15/${x}/${y}.png`)).status;
  const state = () => running.gateway.app.get(CookieKeeper).status().state;
  const settle = async () => {
    await turns();
    await eventually(() => simulator.counters.inFlight.web === 0);
    await turns();
  };

  const steps = (WEEKS * 7 * 24 * HOUR) / STEP;
  const at = (day: number, hour = 0) => (day * 24 + hour) * (HOUR / STEP);
  const statuses: Record<string, number> = {};
  let expected = 200;
  for (let step = 0; step < steps; step++) {
    await clock.advance(STEP, settle);
    if (step % 37 === 36) simulator.revokeKeyPair();
    if (step % 100 === 99) {
      await running.close();
      running = await start();
    }
    // The web host fails for six hours around a scheduled refresh; the signed cookies stay valid longer.
    if (step === at(5, 18)) simulator.switches.web = { kind: 'status', status: 503 };
    if (step === at(5, 21)) simulator.switches.web = { kind: 'none' };
    // The session ends, and new cookies follow a week later. Signed cookies stay valid until they are revoked.
    if (step === at(14, 3)) {
      simulator.endSession('redirect');
      simulator.revokeKeyPair();
      expected = 503;
    }
    if (step === at(21, 2)) {
      const value = simulator.startNewSession();
      const answer = await fetch(`${running.url}/admin/cookies`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
        body: JSON.stringify([{ name: '_strava4_session', value }]),
      });
      expect(answer.status).toBe(200);
      expected = 200;
    }
    const status = await tile();
    statuses[`${status} for ${expected}`] = (statuses[`${status} for ${expected}`] ?? 0) + 1;
    if (step % 24 === 0) {
      await running.gateway.app.get(CookieKeeper).saved();
      const entries = JSON.parse(await readFile(cookiesFile, 'utf8')) as { name: string; value: string }[];
      expect(entries[0]).toEqual(unrelated);
      expect(entries.filter(({ name }) => name === '_strava4_session')).toHaveLength(1);
      if (expected === 200) expect(entries).toContainEqual(sessionOnly(simulator)[0]);
    }
    expect(state()).toBe(
      expected === 200 ? (simulator.switches.web.kind === 'none' ? 'valid' : state()) : 'session_rejected',
    );
  }

  expect(Object.keys(statuses).sort()).toEqual(['200 for 200', '503 for 503']);
  // One refresh a day, one per revocation, and few attempts while the session was rejected.
  const { refreshes, revocations } = simulator.counters;
  expect(refreshes.issued).toBeLessThanOrEqual(WEEKS * 7 * 1.5 + revocations + 2);
  expect(refreshes.total - refreshes.issued).toBeLessThan(80);
  expect(running.log()).not.toContain(simulator.sessionValue);
  await running.close();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});
