/** What lives in Redis keeps the same promises as what lives in files and memory. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import type { StoredCookies } from '../../../src/strava-cookies/index.js';
import { SessionCookieStore, type CookieStore } from '../../../src/cookie-store/index.js';
import { RedisCookieStore } from '../../../src/cookie-store/replicas/redis-cookie-store.js';
import { RedisCookies } from '../../../src/cookie-store/replicas/redis-cookies.js';
import { signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { RedisConnection } from '../../../src/redis/index.js';
import { RedisTileCache } from '../../../src/tile-cache/index.js';
import { eventually } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startRedis, type RedisServer } from '../../support/programs/redis-server.js';
import { behavesLikeACookieStore } from '../../support/contracts/cookie-store-contract.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';
import { signedSet } from '../../support/signed-cookies.js';
import { StoppedClock } from '../../support/doubles/stopped-clock.js';
import { behavesLikeATileCache } from '../../support/contracts/tile-cache-contract.js';

const log = new MemoryLog();
const cookieClock = new StoppedClock(Date.parse('2026-06-01T00:00:00Z'));
let server: RedisServer;
let redis: RedisConnection;

function cookieStore(session?: string): CookieStore {
  const own = new SessionCookieStore('a setting', new Secret(session ?? 'session-1'));
  const shared = new RedisCookies(redis, cookieClock);
  return new RedisCookieStore(own, shared, log, () => cookieClock.now());
}

describeWith(['redis-server', '--version'], 'Redis', () => {
  beforeAll(async () => {
    server = await startRedis();
    redis = new RedisConnection({ url: new Secret(server.url) }, log);
    await redis.ready(5000);
  });

  afterEach(async () => {
    await redis.client.flushall();
  });

  afterAll(async () => {
    redis.close();
    await server.kill();
  });

  behavesLikeACookieStore({
    name: 'Redis',
    holding: async (session) => cookieStore(session),
    keepsSigned: true,
    reopened: () => cookieStore(),
  });

  describe('shared cookies', () => {
    it('are not overwritten by a replica that looked before another wrote, and gets the lock after it', async () => {
      const now = cookieClock.now();
      const cookies = (mark: string, hours: number): StoredCookies => ({
        session: new Secret('session-1'),
        signed: signedCookiesOf(new Map(Object.entries(signedSet(mark, now + hours * 3_600_000))), now),
      });
      class Overtaken extends RedisCookies {
        override async lock() {
          await cookieStore().save(cookies('newer', 3));
          return super.lock();
        }
      }
      const own = new SessionCookieStore('a setting', new Secret('session-1'));
      const late = new RedisCookieStore(own, new Overtaken(redis, cookieClock), log, () => cookieClock.now());
      await late.save(cookies('older', 2));
      expect((await cookieStore().load()).signed).toEqual(cookies('newer', 3).signed);
    });

    it('are looked after whenever the connection is a new one, which may be to another server', async () => {
      let returned = 0;
      const end = new RedisCookies(redis, cookieClock).watch(
        () => undefined,
        () => returned++,
      );
      await eventually(() => returned === 1);
      await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await eventually(() => returned === 2);
      end();
    });
  });

  behavesLikeATileCache({
    name: 'Redis',
    // Redis goes by its own clock, so this one starts where that is.
    clock: () => new StoppedClock(Date.now()),
    empty: (staleMs, clock) => new RedisTileCache(redis, staleMs, clock),
    reopened: async (staleMs, clock) => new RedisTileCache(redis, staleMs, clock),
  });
});
