/** Rate limits that several gateways count in one Redis, also while Redis is unreachable or hangs. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
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
    env: { REDIS_URL: redis.url, MANAGEMENT_PORT: '0' },
  });
  await eventually(() => gateway.log().includes('Redis is connected'));
  return gateway;
}

async function status(gateway: RunningGateway, key = BOB): Promise<number> {
  return (await fetch(`${gateway.url}${TILE}?key=${key}`)).status;
}

async function isUp({ managementUrl }: RunningGateway): Promise<boolean> {
  return (await (await fetch(`${managementUrl!}/metrics`)).text()).includes('heatmap_redis_up 1\n');
}

describeWith(['redis-server', '--version'], 'rate limits in Redis', () => {
  it('count the requests of all gateways together; a gateway learns of the others from its own requests', async () => {
    const gateways = [await start(10), await start(10), await start(10)];
    const admin = new Redis(redis.url);
    const found: number[] = [];
    let passed = 0;
    for (let i = 0; i < 30; i++) {
      found.push(await status(gateways[i % 3]!));
      if (found.at(-1) === 200) passed++;
      // Redis has counted the request before the next one.
      await eventually(async () => Number(await admin.get('heatmap:limit:key:bob/10/60')) === passed);
    }
    admin.disconnect();
    expect(passed).toBeGreaterThanOrEqual(10);
    expect(passed).toBeLessThanOrEqual(10 + 2);
    expect(found.slice(-15)).toEqual(Array.from({ length: 15 }, () => 429));
  });

  it('are counted by each gateway while Redis is unreachable, keys are checked, and Redis gets the counts when it returns', async () => {
    const gateway = await start(3);
    await redis.kill();
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    expect(await status(gateway)).toBe(200);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
    await redis.restart();
    await eventually(() => isUp(gateway));
    expect(await status(gateway)).toBe(200);
    const other = await start(3);
    await eventually(async () => (await status(other)) === 429);
    expect([await status(gateway), await status(gateway)]).toEqual([200, 429]);
  });

  it('delay no request until a response of Redis while it hangs', async () => {
    const gateway = await start(5);
    expect(await status(gateway)).toBe(200);
    redis.hang();
    // Redis answers nothing until the end of the test, and the gateway does.
    const found = [];
    for (let i = 0; i < 11; i++) found.push(await status(gateway));
    expect(found).toEqual([...Array.from({ length: 4 }, () => 200), ...Array.from({ length: 7 }, () => 429)]);
    expect(await status(gateway, 'unknown-key-0123456789')).toBe(401);
  });

  it('start without Redis as well, and the log does not contain the password', async () => {
    await redis.kill();
    const gateway = await setup.start({
      cookies: 'full',
      env: { REDIS_URL: redis.url, RATE_LIMIT_PER_ADDRESS: '1' },
    });
    const found = [];
    for (let i = 0; i < 3; i++) found.push((await fetch(`${gateway.url}${TILE}`)).status);
    expect(found).toEqual([200, 429, 429]);
    await eventually(() => gateway.log().includes('Redis cannot be reached'));
    await redis.restart();
    await eventually(() => gateway.log().includes('Redis is connected'));
    expect(gateway.log()).not.toContain(redis.password);
  });
});
