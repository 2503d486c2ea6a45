/** The connection to a real Redis that is late, goes, hangs, or becomes the replica of another. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Secret } from '../../../src/common/secret.js';
import { RedisConnection } from '../../../src/redis/index.js';
import { eventually } from '../../support/eventually.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';

let server: RedisServer;
let redis: RedisConnection;
let log: MemoryLog;

const connect = () => new RedisConnection({ url: new Secret(server.url) }, log);
const problems = () => log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.problem);

beforeEach(async () => {
  log = new MemoryLog();
  server = await startRedis();
});

afterEach(async () => {
  redis.close();
  server.resume();
  await server.kill();
});

describeWith(['redis-server', '--version'], 'the connection to Redis', () => {
  it('is waited for while Redis starts, and subscribes when it is there', async () => {
    await server.kill();
    redis = connect();
    let heard = 0;
    let connected = 0;
    redis.subscribe(
      'news',
      () => heard++,
      () => connected++,
    );
    const ready = redis.ready(20_000);
    // It has been refused, more than once, and for longer than a command waits.
    await new Promise<void>((resolve) => {
      let tries = 0;
      redis.client.on('reconnecting', () => ++tries === 4 && resolve());
    });
    await server.restart();
    await ready;
    expect(redis.up).toBe(true);
    await eventually(() => connected === 1);
    expect(await redis.client.publish('news', '')).toBe(1);
    await eventually(() => heard === 1);
    expect(problems()).toEqual([`connect ECONNREFUSED 127.0.0.1:${server.port}`]);
  });

  it('is not waited for longer than wanted', async () => {
    await server.kill();
    redis = connect();
    await redis.ready(50);
    expect(redis.up).toBe(false);
    await expect(redis.run('cookies', (client) => client.get('x'))).rejects.toThrow(
      'there is no connection to Redis',
    );
  });

  it('is given up when nothing comes any more, and made again', async () => {
    redis = connect();
    await redis.ready(5000);
    server.hang();
    await expect(redis.client.get('anything')).rejects.toThrow('timed out');
    await eventually(() => !redis.up);
    server.resume();
    await redis.ready(10_000);
    expect(await redis.client.get('anything')).toBeNull();
  });

  it('is made again when the server has become a replica, for it may be found elsewhere now', async () => {
    redis = connect();
    await redis.ready(5000);
    const other = new Redis(server.url);
    await other.replicaof('127.0.0.1', 1);
    const closed = new Promise((resolve) => redis.client.once('close', resolve));
    await expect(redis.client.set('anything', '1')).rejects.toThrow('READONLY');
    await closed;
    await other.replicaof('NO', 'ONE');
    other.disconnect();
    await redis.ready(5000);
    expect(await redis.client.set('anything', '1')).toBe('OK');
  });
});
