/** An account whose set-up is not finished: Strava redirects the session to /onboarding. */
import { expect, it } from '@jest/globals';
import { tileWithHeat } from '../simulator/find-tile.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
const { z, x, y } = tileWithHeat(13);
const deep = `/xyz/all/hot/${z}/${x}/${y}.png`;
const ADMIN_KEY = 'an-admin-key-of-the-test';

const health = async () => (await (await setup.get('/health')).json()) as Record<string, unknown>;
const isReported = () => eventually(async () => (await health()).status === 'degraded');

it('is a state of its own in /health, the error of a tile, the log and the metrics', async () => {
  setup.simulator.switches.onboarding = true;
  await setup.start({ cookies: 'session', env: { ADMIN_KEY } });
  await isReported();
  expect(await health()).toMatchObject({
    reason: 'Strava asks to finish the set-up of the account',
    action: expect.stringContaining('finish the set-up of the account'),
  });
  const answer = await setup.get(deep);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
  const { detail } = (await answer.json()) as { detail: string };
  expect(detail).toMatch(
    /no access yet: Strava asks to finish the set-up.*finish the set-up of the account there/,
  );
  expect((await setup.get(`/xyz/all/hot/12/${x >> 1}/${y >> 1}.png`)).status).toBe(200);
  expect(setup.gateway.log()).toContain('"state":"onboarding"');
  const page = await (await setup.get('/metrics')).text();
  expect(page).toContain('heatmap_cookie_refreshes_total{reason="startup",result="session_rejected"} 1');
  expect(page).toContain('heatmap_session_valid 0');
  const admin = await setup.get('/admin/status', { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  expect(await admin.json()).toMatchObject({ status: 'degraded', state: 'onboarding' });
});

it('ends by itself when the user finishes the set-up', async () => {
  const clock = new SteppedClock();
  setup.simulator.switches.onboarding = true;
  await setup.start({ cookies: 'session', clock });
  await isReported();
  expect((await setup.get(deep)).status).toBe(503);
  setup.simulator.switches.onboarding = false;
  clock.advance(60_000);
  expect((await setup.get(deep)).status).toBe(200);
  expect((await health()).status).toBe('ok');
});

it('causes no automatic login', async () => {
  setup.simulator.switches.onboarding = true;
  const env = { SESSION_RENEWAL: 'form', STRAVA_EMAIL: 'rider@example.com', STRAVA_PASSWORD: 'any' };
  await setup.start({ cookies: 'session', env });
  await isReported();
  expect((await setup.get(deep)).status).toBe(503);
  expect(setup.simulator.counters.logins.total).toBe(0);
});

it('refuses a pushed session with the reason', async () => {
  await setup.start({ env: { ADMIN_KEY } });
  setup.simulator.switches.onboarding = true;
  const answer = await setup.get('/admin/cookies', {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/plain' },
    body: `_strava4_session=${setup.simulator.sessionValue}`,
  });
  expect(answer.status).toBe(422);
  expect(((await answer.json()) as { detail: string }).detail).toContain('finish the set-up of the account');
  expect((await health()).status).toBe('anonymous');
});
