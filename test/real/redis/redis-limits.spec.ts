/** Rate limits of several gateways, counted by one real Redis, which may go away at any moment. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { eventually } from '../../support/eventually.js';
import { fullCookies, startGateway, type RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';

const BOB = 'bobs-key-0123456789';
const TILE = '/xyz/all/hot/0/0/0.png';

let simulator: Simulator;
let redis: RedisServer;
const gateways: RunningGateway[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  redis = await startRedis();
});

afterEach(async () => {
  redis.resume();
  for (const gateway of gateways.splice(0)) await gateway.close();
  await redis.kill();
  await simulator.close();
});

async function start(max: number): Promise<RunningGateway> {
  const gateway = await startGateway(simulator, {
    cookies: fullCookies(simulator),
    keys: { keys: [{ id: 'bob', key: BOB, rateLimit: { max } }] },
    env: { REDIS_URL: redis.url },
  });
  gateways.push(gateway);
  await eventually(() => gateway.log().includes('Redis is connected'));
  return gateway;
}

async function status(gateway: RunningGateway, key = BOB): Promise<number> {
  return (await fetch(`${gateway.url}${TILE}?key=${key}`)).status;
}

describeWith(['redis-server', '--version'], 'rate limits in Redis', () => {
  it('are counted for all gateways together', async () => {
    const [one, two] = [await start(4), await start(4)];
    const found = [];
    for (const gateway of [one, two, two, one, one, two]) found.push(await status(gateway));
    expect(found).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('are off while Redis is away, keys are not, and both are on when it returns', async () => {
    const gateway = await start(2);
    expect([await status(gateway), await status(gateway), await status(gateway)]).toEqual([200, 200, 429]);
    await redis.kill();
    await eventually(async () => (await status(gateway)) === 200);
    expect([await status(gateway), await status(gateway), await status(gateway)]).toEqual([200, 200, 200]);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    await redis.restart();
    await eventually(async () => (await status(gateway)) === 429, 20_000);
  }, 40_000);

  it('hold no request up for long while Redis hangs', async () => {
    const gateway = await start(2);
    expect(await status(gateway)).toBe(200);
    redis.hang();
    const begun = performance.now();
    expect(await status(gateway)).toBe(200);
    expect(performance.now() - begun).toBeLessThan(2000);
    const again = performance.now();
    for (let i = 0; i < 10; i++) expect(await status(gateway)).toBe(200);
    expect(performance.now() - again).toBeLessThan(1000);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
  });

  it('start without Redis as well, and the password is in no line of the log', async () => {
    await redis.kill();
    const gateway = await startGateway(simulator, {
      cookies: fullCookies(simulator),
      env: { REDIS_URL: redis.url, RATE_LIMIT_PER_ADDRESS: '1' },
    });
    gateways.push(gateway);
    for (let i = 0; i < 3; i++) expect((await fetch(`${gateway.url}${TILE}`)).status).toBe(200);
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    await redis.restart();
    await eventually(() => gateway.log().includes('Redis is connected'), 20_000);
    expect(gateway.log()).not.toContain(redis.password);
  }, 40_000);
});
