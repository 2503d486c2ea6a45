/** Clients that disconnect while the gateway waits for Redis: tests count upstream requests. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { withSimulator } from '../../support/with-gateway.js';

const CLIENTS = 60;

const setup = withSimulator();
let redis: RedisServer;

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(async () => {
  redis.resume();
  await redis.kill();
});

describeWith(['redis-server', '--version'], 'clients that disconnect', () => {
  it('while the tile cache in Redis is read cause no upstream request', async () => {
    const gateway = await setup.start({ cookies: 'full', env: { REDIS_URL: redis.url } });
    await eventually(() => gateway.log().includes('Redis is connected'));
    const asked = setup.simulator.requests.length;
    redis.hang();
    const { hostname, port } = new URL(gateway.url);
    const sockets = Array.from({ length: CLIENTS }, () => connect(Number(port), hostname));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const [x, socket] of sockets.entries())
      socket.write(`GET /xyz/all/hot/12/${x}/1500.png HTTP/1.1\r\nHost: localhost\r\n\r\n`, () =>
        socket.destroy(),
      );
    const disconnected = () => gateway.log().split('"status":499').length - 1;
    await eventually(() => disconnected() === CLIENTS);
    redis.resume();
    // The tile of another client goes upstream after the commands of the others have ended.
    expect((await setup.get('/xyz/all/hot/0/0/0.png')).status).toBe(200);
    expect(setup.simulator.requests.slice(asked).map(({ url }) => url)).toEqual([
      expect.stringContaining('/0/0/0'),
    ]);
  });
});
