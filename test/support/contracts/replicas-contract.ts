/** The contract of replicas that share cookies: one lock, a fence for late writes, one refresh, and no lost cookies. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import { SessionCookieStore, type CookieStore } from '../../../src/cookie-store/index.js';
import type { RefreshOutcome, WebSession } from '../../../src/cookie-store/life-cycle/web-session.js';
import { OneRefresher } from '../../../src/cookie-store/replicas/one-refresher.js';
import { RedisCookieStore } from '../../../src/cookie-store/replicas/redis-cookie-store.js';
import { LOCK_MS, RedisCookies, type Lease } from '../../../src/cookie-store/replicas/redis-cookies.js';
import type { RedisConnection } from '../../../src/redis/index.js';
import type { SignedCookies } from '../../../src/strava-cookies/index.js';
import { signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { MemoryLog } from '../doubles/memory-log.js';
import { StoppedClock } from '../doubles/stopped-clock.js';
import { eventually } from '../eventually.js';
import { signedSet } from '../signed-cookies.js';
import { behavesLikeACookieStore } from './cookie-store-contract.js';

export interface RedisBackend {
  readonly name: string;
  /** The connection of one replica. */
  connect(): Promise<RedisConnection>;
  /** Keys expire as if `ms` had passed. */
  advance(ms: number): Promise<void>;
  /** Loses all data, as a restart does. */
  clear(): Promise<void>;
  /** Breaks the connections of all subscribers, which connect again. */
  dropSubscribers(): Promise<void>;
}

/** A real Redis uses its own clock, so a lock is checked this long before its expiry. */
const MARGIN_MS = 1000;
const FAILURE_MS = 5000;
/** Stops `setInterval`: the heartbeat of the lock and the polling of the record. */
function stopIntervals(): void {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

const clock = new StoppedClock();
const session = new Secret('session-1');
const never = new AbortController().signal;

function signed(mark: string, hours = 24): SignedCookies {
  const now = clock.now();
  return signedCookiesOf(new Map(Object.entries(signedSet(mark, now + hours * 3_600_000))), now)!;
}

const success = (mark: string): RefreshOutcome => ({
  kind: 'success',
  signed: signed(mark),
  session: undefined,
});

/** A web host that answers on command of the test. */
class WebSessionDouble implements WebSession {
  readonly pending: ((outcome: RefreshOutcome) => void)[] = [];
  requests = 0;

  refresh(): Promise<RefreshOutcome> {
    this.requests++;
    return new Promise((resolve) => this.pending.push(resolve));
  }

  /** Answers the next request, which may still be on its way. */
  async answer(outcome: RefreshOutcome): Promise<void> {
    await eventually(() => this.pending.length > 0);
    this.pending.shift()!(outcome);
  }
}

export function behavesLikeReplicas(backend: RedisBackend): void {
  const connections: RedisConnection[] = [];
  const log = new MemoryLog();

  async function connect(): Promise<RedisConnection> {
    const connection = await backend.connect();
    connections.push(connection);
    return connection;
  }

  const replica = async () => new RedisCookies(await connect(), clock);

  async function refresher(upstream: WebSession): Promise<OneRefresher> {
    return new OneRefresher(upstream, await replica(), clock, log);
  }

  async function store(value = 'session-1', shared?: RedisCookies): Promise<CookieStore> {
    const local = new SessionCookieStore('a setting', new Secret(value), clock);
    return new RedisCookieStore(local, shared ?? (await replica()), log, () => clock.now());
  }

  const messages = () => log.lines.map(({ message }) => message).join('\n');

  afterEach(async () => {
    jest.useRealTimers();
    await backend.clear();
    for (const connection of connections.splice(0)) connection.close();
    log.lines.length = 0;
  });

  describe(`${backend.name}: the refresh lock`, () => {
    it('is held by one replica at a time, until it is released', async () => {
      const [one, two] = [await replica(), await replica()];
      const lease = await one.lock();
      expect(lease).toBeDefined();
      expect(await two.lock()).toBeUndefined();
      expect(await one.lock()).toBeUndefined();
      await lease!.release();
      const next = await two.lock();
      expect(next).toBeDefined();
      await next!.release();
    });

    it('expires when its holder does not renew it', async () => {
      const [one, two] = [await replica(), await replica()];
      const lease = await one.lock();
      await backend.advance(LOCK_MS - MARGIN_MS);
      expect(await two.lock()).toBeUndefined();
      await backend.advance(MARGIN_MS);
      const next = await two.lock();
      expect(next).toBeDefined();
      await lease!.release();
      await next!.release();
    });

    it('is renewed by its holder every third of its TTL', async () => {
      const [one, two] = [await replica(), await replica()];
      stopIntervals();
      const lease = await one.lock();
      for (let third = 0; third < 6; third++) {
        await backend.advance(LOCK_MS - MARGIN_MS);
        jest.advanceTimersByTime(LOCK_MS / 3);
        // The commands of one connection are executed in order, so the renewal has happened after this one.
        await one.read();
        expect(await two.lock()).toBeUndefined();
      }
      await lease!.release();
    });

    it('is not released by a replica that has lost it', async () => {
      const [one, two, three] = [await replica(), await replica(), await replica()];
      const lost = await one.lock();
      await backend.advance(LOCK_MS);
      const lease = await two.lock();
      await lost!.release();
      expect(await three.lock()).toBeUndefined();
      await lease!.release();
    });
  });

  describe(`${backend.name}: a write`, () => {
    const write = (lease: Lease | undefined, mark: string) =>
      lease!.write({ session, signed: signed(mark) }, undefined, clock.now());

    it('replaces the shared cookies', async () => {
      const [one, two] = [await replica(), await replica()];
      expect(await two.read()).toBeUndefined();
      const lease = await one.lock();
      expect(await write(lease, '1')).toBe(true);
      await lease!.release();
      const record = await two.read();
      expect(record).toMatchObject({ version: 1, refreshedAt: clock.now() });
      expect(record!.session!.reveal()).toBe('session-1');
      expect(record!.signed).toEqual(signed('1'));
    });

    it('is refused when another replica has taken the lock', async () => {
      const [one, two] = [await replica(), await replica()];
      const late = await one.lock();
      await backend.advance(LOCK_MS);
      const lease = await two.lock();
      expect(await write(late, 'before')).toBe(false);
      expect(await two.read()).toBeUndefined();
      expect(await write(lease, 'current')).toBe(true);
      expect(await write(late, 'after')).toBe(false);
      await lease!.release();
      expect(await write(late, 'released')).toBe(false);
      expect((await two.read())!.signed).toEqual(signed('current'));
      await late!.release();
    });

    it('notifies the other replicas', async () => {
      stopIntervals();
      const [one, two] = [await replica(), await replica()];
      const lease = await one.lock();
      await write(lease, '1');
      let changes = 0;
      const stop = two.watch(
        () => changes++,
        () => undefined,
      );
      // The watch starts with the record that it finds.
      await eventually(() => changes === 1);
      await lease!.write({ session, signed: signed('2') }, await one.read(), clock.now());
      await eventually(() => changes === 2);
      stop();
      await lease!.release();
    });
  });

  describe(`${backend.name}: a refresh`, () => {
    it('is sent once for all replicas', async () => {
      const upstream = new WebSessionDouble();
      const replicas = [await refresher(upstream), await refresher(upstream), await refresher(upstream)];
      const refreshes = replicas.map((one) => one.refresh(session, never));
      await upstream.answer(success('1'));
      const outcomes = await Promise.all(refreshes);
      expect(upstream.requests).toBe(1);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'success', signed: signed('1') });
      expect(outcomes.filter((outcome) => 'byAnother' in outcome)).toHaveLength(2);
    });

    it('is taken over when the replica with the lock ends', async () => {
      const upstream = new WebSessionDouble();
      const [ended, two] = [await replica(), await refresher(upstream)];
      const lost = await ended.lock();
      const refresh = two.refresh(session, never);
      await backend.advance(LOCK_MS);
      await upstream.answer(success('2'));
      expect(await refresh).toEqual(success('2'));
      await lost!.release();
    });

    it('that outlasts its lock gives the cookies of the replica that took over', async () => {
      const [slow, quick] = [new WebSessionDouble(), new WebSessionDouble()];
      const [one, two] = [await refresher(slow), await refresher(quick)];
      const late = one.refresh(session, never);
      await eventually(() => slow.requests === 1);
      await backend.advance(LOCK_MS);
      const refresh = two.refresh(session, never);
      await quick.answer(success('quick'));
      expect(await refresh).toEqual(success('quick'));
      await slow.answer(success('slow'));
      expect(await late).toEqual({ ...success('quick'), byAnother: true });
      expect(messages()).toContain('the refresh took longer than its lock');
      expect(await (await replica()).read()).toMatchObject({ version: 1, signed: signed('quick') });
    });

    it('that fails counts for all replicas for some seconds', async () => {
      const upstream = new WebSessionDouble();
      const [one, two] = [await refresher(upstream), await refresher(upstream)];
      const rejected: RefreshOutcome = { kind: 'session_rejected', detail: 'the web host redirects' };
      const first = one.refresh(session, never);
      await upstream.answer(rejected);
      expect([await first, await two.refresh(session, never)]).toEqual([rejected, rejected]);
      expect(upstream.requests).toBe(1);
      expect(await (await replica()).failure(new Secret('session-2'))).toBeUndefined();
      await backend.advance(FAILURE_MS);
      const again = two.refresh(session, never);
      await upstream.answer(success('1'));
      expect(await again).toEqual(success('1'));
    });

    it('is sent by each replica while Redis is unreachable', async () => {
      const upstream = new WebSessionDouble();
      const one = await refresher(upstream);
      connections.at(-1)!.close();
      const refresh = one.refresh(session, never);
      await upstream.answer(success('own'));
      expect(await refresh).toEqual(success('own'));
    });

    it('counts when Redis becomes unreachable meanwhile', async () => {
      const upstream = new WebSessionDouble();
      const one = await refresher(upstream);
      const refresh = one.refresh(session, never);
      await eventually(() => upstream.requests === 1);
      connections.at(-1)!.close();
      await upstream.answer(success('own'));
      expect(await refresh).toEqual(success('own'));
    });

    it('ends with its signal while another replica holds the lock', async () => {
      const upstream = new WebSessionDouble();
      const [one, two] = [await replica(), await refresher(upstream)];
      const lease = await one.lock();
      const abort = new AbortController();
      const refresh = two.refresh(session, abort.signal);
      abort.abort();
      expect(await refresh).toMatchObject({ kind: 'upstream_error' });
      expect(upstream.requests).toBe(0);
      await lease!.release();
    });
  });

  behavesLikeACookieStore({
    name: backend.name,
    holding: (value) => store(value),
    keepsSigned: true,
    reopened: () => store(),
  });

  describe(`${backend.name}: shared cookies`, () => {
    const cookies = (mark: string, hours: number) => ({ session, signed: signed(mark, hours) });

    it('are not overwritten by a replica that read them before another one wrote', async () => {
      const other = await store();
      class Overtaken extends RedisCookies {
        override async lock() {
          await other.save(cookies('newer', 3));
          return super.lock();
        }
      }
      const late = await store('session-1', new Overtaken(await connect(), clock));
      await late.save(cookies('older', 2));
      expect((await other.load()).signed).toEqual(signed('newer', 3));
    });

    it('are written again to a Redis that has lost them', async () => {
      const [one, two] = [await store(), await store()];
      await one.save(cookies('1', 2));
      const stop = one.watch(() => undefined);
      await backend.clear();
      expect((await two.load()).signed).toBeUndefined();
      await backend.dropSubscribers();
      await eventually(async () => (await two.load()).signed !== undefined);
      expect((await two.load()).signed).toEqual(signed('1', 2));
      stop();
    });

    it('are not replaced by older ones after an outage', async () => {
      const calls: string[] = [];
      class Recorded extends RedisCookies {
        override read() {
          calls.push('read');
          return super.read();
        }
        override lock() {
          calls.push('lock');
          return super.lock();
        }
      }
      const [one, two] = [await store('session-1', new Recorded(await connect(), clock)), await store()];
      await one.save(cookies('older', 2));
      await two.save(cookies('newer', 3));
      calls.length = 0;
      // The watch reads the record when it connects, and the store reads it again before it would write.
      const stop = one.watch(() => undefined);
      await eventually(() => calls.length === 2);
      await (await replica()).read();
      await new Promise(setImmediate);
      expect(calls).toEqual(['read', 'read']);
      expect((await two.load()).signed).toEqual(signed('newer', 3));
      stop();
    });

    it('are checked after each new connection, which may be to another server', async () => {
      let connected = 0;
      const stop = (await replica()).watch(
        () => undefined,
        () => connected++,
      );
      await eventually(() => connected === 1);
      await backend.dropSubscribers();
      await eventually(() => connected === 2);
      stop();
    });
  });
}
