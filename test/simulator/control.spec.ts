import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordedRequest } from './server/request-log.js';
import { startSimulator, type Simulator } from './simulator.js';
import { cookieHeader, send, type Sending } from './spec-client.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function control(path: string, sending: Sending = {}): Promise<{ status: number; value: unknown }> {
  const { status, body } = await send(`${simulator.webUrl}/_simulator/${path}`, sending);
  return { status, value: JSON.parse(body.toString()) };
}

function putSwitches(switches: unknown): Promise<{ status: number; value: unknown }> {
  return control('switches', { method: 'PUT', body: JSON.stringify(switches) });
}

const POST = { method: 'POST' };

describe('the control endpoint', () => {
  it('gives addresses, switches and counters', async () => {
    const { tilesUrl, webUrl, anonymousUrl, switches, counters } = simulator;
    const { value } = await control('state');
    const addresses = { tilesUrl, webUrl, anonymousUrl };
    expect(value).toEqual({ addresses, switches, counters: JSON.parse(JSON.stringify(counters)) });
  });

  it('merges switches', async () => {
    simulator.switches.captcha = true;
    const { status } = await putSwitches({
      tiles: { kind: 'status', status: 429, times: 1 },
      refuseAll: true,
    });
    expect(status).toBe(200);
    expect(simulator.switches).toMatchObject({
      tiles: { kind: 'status', status: 429, times: 1 },
      refuseAll: true,
      captcha: true,
    });
  });

  it.each([
    [{ refuseal: true }, 'refuseal'],
    [{ refuseAll: 'yes' }, 'true or false'],
    [{ tiles: { kind: 'explode' } }, 'tiles.kind'],
    [{ tiles: { kind: 'status', code: 500 } }, 'code'],
    [{ tiles: { kind: 'status', status: 99 } }, 'between 200 and 599'],
    [{ web: { kind: 'latency', latencyMs: -1 } }, 'latencyMs'],
    [{ endedSession: 'gone' }, 'endedSession'],
    [{ onboarding: 'yes' }, 'true or false'],
    [['tiles'], 'object'],
  ])('rejects %j with a message and changes nothing', async (switches, part) => {
    const before = structuredClone(simulator.switches);
    const { status, value } = await putSwitches(switches);
    expect([status, value]).toEqual([400, { message: expect.stringContaining(part) }]);
    expect(simulator.switches).toEqual(before);
  });

  it('is neither counted nor subject to faults', async () => {
    simulator.switches.web = { kind: 'reset' };
    expect((await control('state')).status).toBe(200);
    expect(simulator.counters.requests.web).toBe(0);
    expect(simulator.requests).toEqual([]);
  });

  it('revokes the key pair', async () => {
    const headers = cookieHeader(simulator.issueCookies());
    await control('revoke-key-pair', POST);
    const url = `${simulator.tilesUrl}/identified/globalheat/all/hot/0/0/0.png`;
    expect((await send(url, { headers })).status).toBe(403);
    expect(simulator.counters.revocations).toBe(1);
  });

  it('ends the session and starts a new one', async () => {
    const maps = async (): Promise<number> => {
      const headers = cookieHeader({ _strava4_session: simulator.sessionValue });
      return (await send(`${simulator.webUrl}/maps`, { headers })).status;
    };
    expect((await control('end-session?response=error', POST)).status).toBe(200);
    expect(await maps()).toBe(500);
    expect((await control('end-session?response=strange', POST)).status).toBe(400);
    const { value } = await control('new-session', POST);
    expect(value).toEqual({ sessionValue: simulator.sessionValue });
    expect(await maps()).toBe(200);
  });

  it('exports the session and new signed cookies like a browser', async () => {
    const { value } = await control('cookies.json');
    const cookies = Object.fromEntries(
      (value as Array<{ name: string; value: string }>).map((cookie) => [cookie.name, cookie.value]),
    );
    expect(cookies['_strava4_session']).toBe(simulator.sessionValue);
    const url = `${simulator.tilesUrl}/identified/globalheat/all/hot/0/0/0.png`;
    expect((await send(url, { headers: cookieHeader(cookies) })).status).toBe(200);
  });

  it('lists the last requests as received', async () => {
    const headers = { 'X-Mark': 'one' };
    await send(`${simulator.anonymousUrl}/tiles/all/hot/0/0/0.png?px=256`, { headers });
    await send(`${simulator.tilesUrl}/?a=b`, { method: 'HEAD' });
    const requests = (await control('requests?last=1')).value as RecordedRequest[];
    expect(requests).toMatchObject([{ method: 'HEAD', host: 'tiles', url: '/?a=b', status: 403 }]);
    expect(simulator.requests[0]).toMatchObject({
      host: 'oldAnonymous',
      url: '/tiles/all/hot/0/0/0.png?px=256',
      headers: { 'x-mark': 'one' },
      status: 200,
    });
  });

  it('resets everything except the addresses', async () => {
    await send(`${simulator.webUrl}/`);
    simulator.switches.captcha = true;
    simulator.endSession('redirect');
    await control('reset', POST);
    expect(simulator.counters.requests.web).toBe(0);
    expect([simulator.requests.length, simulator.switches.captcha]).toEqual([0, false]);
    const headers = cookieHeader({ _strava4_session: simulator.sessionValue });
    expect((await send(`${simulator.webUrl}/maps`, { headers })).status).toBe(200);
  });

  it('answers 404 to an unknown path', async () => {
    expect((await control('unknown')).status).toBe(404);
  });
});

describe('the counters', () => {
  it('include the maximum number of requests in flight', async () => {
    simulator.switches.oldAnonymous = { kind: 'none', latencyMs: 150 };
    const url = `${simulator.anonymousUrl}/tiles/all/hot/0/0/0.png`;
    await Promise.all([send(url), send(url), send(url)]);
    expect(simulator.counters.maxInFlight.oldAnonymous).toBe(3);
    expect(simulator.counters.maxInFlight.tiles).toBe(0);
  });

  it('keep no more than the last 5000 requests', async () => {
    const some = { method: 'GET', host: 'web', url: '/old', headers: {}, status: 200, at: 0 } as const;
    for (let count = 0; count < 5000; count++) simulator.requests.push({ ...some });
    await send(`${simulator.webUrl}/`);
    expect(simulator.requests.length).toBe(5000);
    expect(simulator.requests.at(-1)?.url).toBe('/');
  });
});
