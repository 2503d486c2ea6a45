/** Rate limits that several gateways count in one Redis, also while Redis is unreachable or hangs. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { withSimulator } from '../../support/with-gateway.js';

const BOB = 'bobs-key-0123456789';
const TILE = '/xyz/all/hot/0/0/0.png';

const setup = withSimulator();
let redis: RedisServer;

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(async () => {
  redis.resume();
  await redis.kill();
});

async function start(max: number): Promise<RunningGateway> {
  const gateway = await setup.start({
    cookies: 'full',
    keys: { keys: [{ id: 'bob', key: BOB, rateLimit: { max } }] },
    env: { REDIS_URL: redis.url },
  });
  await eventually(() => gateway.log().includes('Redis is connected'));
  return gateway;
}

async function status(gateway: RunningGateway, key = BOB): Promise<number> {
  return (await fetch(`${gateway.url}${TILE}?key=${key}`)).status;
}

describeWith(['redis-server', '--version'], 'rate limits in Redis', () => {
  it('count the requests of all gateways together', async () => {
    const [one, two] = [await start(4), await start(4)];
    const found = [];
    for (const gateway of [one, two, two, one, one, two]) found.push(await status(gateway));
    expect(found).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('are off while Redis is unreachable, keys are not, and both are on when it returns', async () => {
    const gateway = await start(2);
    expect([await status(gateway), await status(gateway), await status(gateway)]).toEqual([200, 200, 429]);
    await redis.kill();
    await eventually(async () => (await status(gateway)) === 200);
    expect([await status(gateway), await status(gateway), await status(gateway)]).toEqual([200, 200, 200]);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    await redis.restart();
    await eventually(async () => (await status(gateway)) === 429);
  });

  it('delay no request until a response of Redis while it hangs', async () => {
    const gateway = await start(2);
    expect(await status(gateway)).toBe(200);
    redis.hang();
    // Redis answers nothing until the end of the test, and the gateway does.
    for (let i = 0; i < 11; i++) expect(await status(gateway)).toBe(200);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
  });

  it('start without Redis as well, and the log does not contain the password', async () => {
    await redis.kill();
    const gateway = await setup.start({
      cookies: 'full',
      env: { REDIS_URL: redis.url, RATE_LIMIT_PER_ADDRESS: '1' },
    });
    for (let i = 0; i < 3; i++) expect((await fetch(`${gateway.url}${TILE}`)).status).toBe(200);
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    await redis.restart();
    await eventually(() => gateway.log().includes('Redis is connected'));
    expect(gateway.log()).not.toContain(redis.password);
  });
});
