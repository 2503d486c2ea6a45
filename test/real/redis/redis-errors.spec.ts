/** A Redis that is connected and refuses commands, has values of another type, or is slow. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../support/eventually.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startHeldProxy, type HeldProxy } from '../../support/programs/held-proxy.js';
import { startRedis, type RedisServer, type RedisSettings } from '../../support/programs/redis-server.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'bobs-key-0123456789';
const LIMIT = 30;

const setup = withSimulator();
let server: RedisServer;
let admin: Redis;
let proxy: HeldProxy | undefined;

async function start(settings: RedisSettings = {}, limit = LIMIT): Promise<RunningGateway> {
  server = await startRedis(settings);
  admin = new Redis(server.url);
  admin.on('error', () => undefined);
  return startOn(server.url, limit);
}

async function startOn(
  url: string,
  limit = LIMIT,
  env: Record<string, string> = {},
): Promise<RunningGateway> {
  const gateway = await setup.start({
    cookies: 'full',
    keys: { keys: [{ id: 'bob', key: KEY, rateLimit: { max: limit } }] },
    env: { REDIS_URL: url, MANAGEMENT_PORT: '0', ...env },
  });
  await eventually(() => gateway.log().includes('Redis is connected'));
  return gateway;
}

const tile = ({ url }: RunningGateway, path = '/xyz/all/hot/0/0/0.png') => fetch(`${url}${path}?key=${KEY}`);

async function passed(gateway: RunningGateway, requests: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < requests; i++) if ((await tile(gateway)).status === 200) count++;
  return count;
}

async function health({ url }: RunningGateway): Promise<{ status: string; reason: string | null }> {
  return (await (await fetch(`${url}/health`)).json()) as { status: string; reason: string | null };
}

async function metric({ managementUrl }: RunningGateway, name: string): Promise<number> {
  const text = await (await fetch(`${managementUrl!}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  expect([name, lines.length > 0]).toEqual([name, true]);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const logged = (gateway: RunningGateway, text: string) => gateway.log().split(text).length - 1;
const FAILS = 'Redis fails to execute an operation';

afterEach(async () => {
  proxy?.close();
  proxy = undefined;
  admin.disconnect();
  await server.kill();
});

interface Trouble {
  readonly settings?: RedisSettings;
  readonly cause: () => Promise<unknown>;
  readonly reason: string;
}

const TROUBLES: readonly (readonly [string, Trouble])[] = [
  ['is full', { cause: () => admin.config('SET', 'maxmemory', '1mb'), reason: '(OOM)' }],
  ['is a read-only replica', { cause: () => admin.replicaof('127.0.0.1', 1), reason: '(READONLY)' }],
  [
    'has taken away a permission',
    { cause: () => admin.call('ACL', 'SETUSER', 'default', '-eval', '-set'), reason: 'NOPERM' },
  ],
  [
    'lacks the replicas that it must have',
    { cause: () => admin.config('SET', 'min-replicas-to-write', '1'), reason: '(NOREPLICAS)' },
  ],
  [
    'cannot write to its disk',
    {
      settings: { 'enable-protected-configs': 'yes' },
      cause: async () => {
        const folder = await mkdtemp(join(tmpdir(), 'redis-'));
        await admin.config('SET', 'dir', folder);
        await rm(folder, { recursive: true });
        await admin.config('SET', 'save', '3600 1');
        await admin.bgsave();
        await eventually(async () =>
          (await admin.info('persistence')).includes('rdb_last_bgsave_status:err'),
        );
      },
      reason: '(MISCONF)',
    },
  ],
  [
    'is a node of a cluster',
    { settings: { 'cluster-enabled': 'yes' }, cause: async () => undefined, reason: '(CLUSTERDOWN)' },
  ],
  [
    'is blocked by a script',
    {
      cause: async () => {
        await admin.config('SET', 'busy-reply-threshold', '10');
        const other = admin.duplicate();
        other.on('error', () => undefined);
        other.eval('while true do end', 0).catch(() => undefined);
        await eventually(() =>
          admin.ping().then(
            () => false,
            (error: Error) => error.message.startsWith('BUSY'),
          ),
        );
        other.disconnect();
      },
      reason: '(BUSY)',
    },
  ],
  [
    'does not reply to writes',
    { cause: () => admin.call('CLIENT', 'PAUSE', '600000', 'WRITE'), reason: 'does not reply in time' },
  ],
];

describeWith(['redis-server', '--version'], 'Redis that', () => {
  it.each(TROUBLES)(
    '%s: limits count here, tiles are served, and health, metrics and one log line say so',
    async (_name, { settings, cause, reason }) => {
      const gateway = await start(settings);
      await cause();
      expect(await passed(gateway, 100)).toBe(LIMIT);
      await eventually(async () => (await health(gateway)).status === 'degraded');
      expect((await health(gateway)).reason).toContain(reason);
      expect(await metric(gateway, 'heatmap_redis_up')).toBe(0);
      expect(await metric(gateway, 'heatmap_redis_errors_total{operation="rate_limit"')).toBeGreaterThan(0);
      expect(logged(gateway, `"operation":"rate_limit","problem":`)).toBe(1);
      expect(logged(gateway, FAILS)).toBeLessThanOrEqual(4);
    },
  );

  it('requires another password now is reported, and each gateway counts', async () => {
    const gateway = await start();
    await admin.config('SET', 'requirepass', 'another');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(async () => (await metric(gateway, 'heatmap_redis_up')) === 0);
    await eventually(() => gateway.log().includes('(WRONGPASS)'));
    expect(await passed(gateway, 100)).toBe(LIMIT);
    expect((await health(gateway)).reason).toContain('Redis is unreachable');
  });

  it('has limits of another type, of another program or without an end counts from then on', async () => {
    const gateway = await start();
    const name = `heatmap:limit:key:bob/${LIMIT}/60`;
    await admin.lpush(name, 'x');
    expect(await passed(gateway, 5)).toBe(5);
    await eventually(async () => (await admin.get(name).catch(() => '')) === '5');
    const ttl = await admin.pttl(name);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
    for (const value of ['x', '-1e300', 'nan', '9'.repeat(40)]) {
      await admin.set(name, value);
      await tile(gateway);
      await eventually(async () => (await admin.pttl(name)) > 0);
      expect(await admin.get(name)).toBe('1');
    }
    expect((await health(gateway)).status).toBe('ok');
    expect(await passed(gateway, 377)).toBe(LIMIT - 9);
  });

  it('has a tile of another type or of 100 MB serves the tile of the upstream, and replaces the value', async () => {
    const gateway = await start();
    expect((await tile(gateway)).status).toBe(200);
    await eventually(async () => (await admin.keys('heatmap:tile:*')).length === 1);
    const [name] = await admin.keys('heatmap:tile:*');
    const length = await admin.strlen(name!);
    const damages = [
      () => admin.lpush(name!, 'x'),
      () => admin.setrange(name!, 100e6, 'x'),
      () => admin.set(name!, '<html>'),
    ];
    for (const damage of damages) {
      await admin.del(name!);
      await damage();
      const second = await startOn(server.url);
      const before = process.memoryUsage().arrayBuffers;
      expect((await tile(second)).headers.get('content-type')).toBe('image/png');
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
      await eventually(async () => (await admin.strlen(name!).catch(() => 0)) === length);
      expect(
        await metric(second, 'heatmap_redis_errors_total{operation="tile_read",reason="invalid_record"}'),
      ).toBe(1);
      expect((await health(second)).status).toBe('ok');
      await second.close();
    }
  });

  it('has cookies, failures and a lock of another type or without an end: they are replaced, and one refresh works', async () => {
    server = await startRedis();
    admin = new Redis(server.url);
    await admin.lpush('{heatmap}:cookies', 'x');
    await admin.lpush('{heatmap}:refresh-failure', 'x');
    await admin.lpush('{heatmap}:refresh-lock', 'x');
    const gateway = await setup.start({ cookies: 'session', env: { REDIS_URL: server.url } });
    await eventually(() => gateway.log().includes('"msg":"cookies refreshed"'));
    await eventually(async () => (await admin.type('{heatmap}:cookies')) === 'string');
    expect(await admin.exists('{heatmap}:refresh-failure')).toBe(0);
    expect(setup.simulator.counters.refreshes.issued).toBe(1);
    expect((await health(gateway)).status).toBe('ok');
    await gateway.close();
    await admin.flushall();
    await admin.set('{heatmap}:refresh-lock', 'of another program');
    await admin.set('{heatmap}:cookies', JSON.stringify({ version: 1e300, refreshedAt: 1e300, known: [] }));
    const second = await setup.start({ cookies: 'session', env: { REDIS_URL: server.url } });
    await eventually(() => second.log().includes('"msg":"cookies refreshed"'));
    await eventually(async () => JSON.parse((await admin.get('{heatmap}:cookies'))!).version === 1);
  });

  it('is slow delays no cached tile; a tile that is not in memory waits for one command', async () => {
    server = await startRedis();
    admin = new Redis(server.url);
    proxy = await startHeldProxy(server.port);
    const url = server.url.replace(String(server.port), String(proxy.port));
    const gateway = await startOn(url, 1000, { RATE_LIMIT_PER_ADDRESS: '1000' });
    expect((await tile(gateway)).status).toBe(200);
    const commands = () =>
      [...proxy!.sent.matchAll(/(\w+)\r\n\$\d+\r\nheatmap:tile:/g)].map(([, name]) => name);
    await eventually(() => commands().includes('set'));
    expect(commands()).toEqual(['getrange', 'set']);
    proxy.hold();
    expect((await tile(gateway)).status).toBe(200);
    await eventually(() => proxy!.held > 0);
    // No command has timed out meanwhile.
    expect(await metric(gateway, 'heatmap_redis_errors_total')).toBe(0);
    proxy.release();
  });
});
