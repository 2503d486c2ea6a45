/** Another gateway, with a Redis that is full or slow. */
import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import type { BuiltGateway } from '../../support/built-gateway.js';
import { json } from '../../support/http/well-formed.js';
import { startRedis, type RedisServer, type RedisSettings } from '../../support/programs/redis-server.js';
import type { Key } from '../clients/keys.js';
import { uncachedTile } from '../clients/tiles.js';
import { COOKIE_LIFETIME_SECONDS, LONG_LIFETIME_SECONDS, RECOVERY_WITH_BACKOFF_MS } from '../settings.js';
import { startSlowProxy } from '../setup/slow-proxy.js';
import type { Fault, FaultContext } from './fault-context.js';

const TILES = 10;
const REPLY_DELAY_MS = 400;
const CACHED = '/xyz/all/hot/5/16/11.png';

export const REDIS_FAULTS: readonly Fault[] = [
  {
    name: 'Redis full',
    play: (context) =>
      withRedis(context, { maxmemory: '4mb', 'maxmemory-policy': 'noeviction' }, async (redis) => {
        const { tally, burstKey } = context.system;
        const gateway = await startGateway(context, redis.url);
        try {
          const client = new Redis(redis.url);
          await fill(client);
          await expectTiles(context, gateway, 'Redis full');
          const { max } = burstKey.rateLimit;
          const statuses = await statusesOf(gateway, CACHED, burstKey, 4 * max);
          const served = statuses.filter((status) => status === 200).length;
          if (served > 2 * max) tally.add(`Redis full: ${served} requests pass a limit of ${max}`);
          await expectHealth(context, gateway, 'degraded', 'Redis full');
          client.disconnect();
        } finally {
          await stop(gateway);
        }
      }),
  },
  {
    name: 'Redis slow',
    play: (context) =>
      withRedis(context, {}, async (redis) => {
        const { tally, keys } = context.system;
        const proxy = await startSlowProxy(redis.port, REPLY_DELAY_MS);
        const gateway = await startGateway(context, redis.url.replace(`:${redis.port}`, `:${proxy.port}`));
        try {
          await expectTiles(context, gateway, 'Redis slow');
          await statusesOf(gateway, CACHED, keys[0]!, 1);
          const before = proxy.deliveries();
          const statuses = await statusesOf(gateway, CACHED, keys[0]!, TILES);
          const deliveries = proxy.deliveries() - before;
          if (statuses.some((status) => status !== 200)) tally.add('Redis slow: a cached tile fails');
          // A tile that waits for Redis needs a reply.
          if (deliveries > TILES / 2)
            tally.add(`Redis slow: ${TILES} tiles in memory wait for ${deliveries} replies of Redis`);
        } finally {
          await stop(gateway);
          await proxy.close();
        }
      }),
  },
];

async function withRedis(
  context: FaultContext,
  settings: RedisSettings,
  play: (redis: RedisServer) => Promise<void>,
): Promise<void> {
  const { tally, secrets } = context.system;
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const sentence = 'the faults of Redis need redis-server';
    if (process.env['REQUIRE_PROGRAMS'] === undefined) tally.note(sentence);
    else tally.add(sentence);
    return;
  }
  const redis = await startRedis(settings);
  secrets.add('the password of Redis', redis.password);
  try {
    await play(redis);
  } finally {
    await redis.kill();
  }
}

async function startGateway(context: FaultContext, url: string): Promise<BuiltGateway> {
  const { upstream, startAnother } = context.system;
  // Its cookies need no refresh while Redis fails.
  upstream.cookieLifetimeSeconds = LONG_LIFETIME_SECONDS;
  const gateway = await startAnother({ REDIS_URL: url, UPSTREAM_TIMEOUT_MS: '15000' });
  await expectTiles(context, gateway, 'the start with Redis', 1);
  upstream.cookieLifetimeSeconds = COOKIE_LIFETIME_SECONDS;
  return gateway;
}

async function stop(gateway: BuiltGateway): Promise<void> {
  gateway.signal('SIGKILL');
  await gateway.ended;
}

/** Writes until Redis has no memory left. */
async function fill(client: Redis): Promise<void> {
  for (const length of [100_000, 1000, 10])
    for (let i = 0; i < 10_000; i++)
      try {
        await client.set(`filler:${length}:${i}`, 'x'.repeat(length));
      } catch {
        break;
      }
}

async function expectTiles(
  context: FaultContext,
  gateway: BuiltGateway,
  name: string,
  count = TILES,
): Promise<void> {
  const { random, keys, tally } = context.system;
  for (let i = 0; i < count; i++) {
    const { z, x, y } = uncachedTile(random, 16).address;
    const response = await get(gateway, `/xyz/all/hot/${z}/${x}/${y}.png`, keys[0]!);
    if (response.status !== 200) tally.add(`${name}: a tile fails`, response.text);
  }
}

async function expectHealth(
  context: FaultContext,
  { url }: BuiltGateway,
  status: string,
  name: string,
): Promise<void> {
  let text = '';
  const reached = await context.eventually(RECOVERY_WITH_BACKOFF_MS, async () => {
    text = await (await fetch(`${url}/health`)).text();
    return (json(text) as { status?: string } | undefined)?.status === status;
  });
  if (!reached) context.system.tally.add(`${name}: /health does not become ${status}`, text);
}

/** The statuses of requests one after the other. */
async function statusesOf(gateway: BuiltGateway, path: string, key: Key, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await get(gateway, path, key)).status);
  return statuses;
}

async function get({ url }: BuiltGateway, path: string, key: Key): Promise<{ status: number; text: string }> {
  const response = await fetch(url + path, { headers: { 'x-api-key': key.value } });
  return { status: response.status, text: await response.text() };
}
