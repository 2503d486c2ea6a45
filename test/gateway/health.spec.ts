/** What `/readyz`, `/health` and the metrics report when a component fails, and during start and shutdown. */
import { mkdtemp, rm, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { loadConfig } from '../../src/config/index.js';
import { createGateway } from '../../src/gateway.js';
import { createLogger } from '../../src/logging.js';
import { SteppedClock } from '../support/doubles/stepped-clock.js';
import { eventually } from '../support/eventually.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();

interface Ready {
  readonly status: string;
  readonly details: Record<string, { status: string; state?: string; reason?: string; action?: string }>;
}

async function ready(): Promise<Ready> {
  const answer = await fetch(`${setup.gateway.url}/readyz`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Ready;
}

async function health(): Promise<{ status: string; reason: string | null; action: string | null }> {
  const answer = await fetch(`${setup.gateway.url}/health`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Awaited<ReturnType<typeof health>>;
}

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`${setup.gateway.url}/metrics`)).text();
  const line = page.split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

const tile = (row: number) => `${setup.gateway.url}/xyz/all/hot/12/2150/${row}.png`;

it('reports each component as up if there is no issue', async () => {
  await setup.start({ cookies: 'full' });
  expect(await ready()).toMatchObject({
    status: 'ok',
    details: {
      cookies: { status: 'up', state: 'valid' },
      cache: { status: 'up' },
      upstream: { status: 'up' },
    },
  });
  expect(await health()).toMatchObject({ status: 'ok', reason: null, action: null });
});

describe('a disk cache that is not writable', () => {
  it('is reported, and so is its recovery', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'disk-cache-'));
    await setup.start({
      cookies: 'full',
      env: { TILE_CACHE_DIR: join(folder, 'tiles') },
    });
    // A file in place of the folder also stops root.
    await rename(join(folder, 'tiles'), join(folder, 'away'));
    await writeFile(join(folder, 'tiles'), '');
    expect((await fetch(tile(1400))).status).toBe(200);
    await eventually(async () => (await ready()).details.cache!.status === 'degraded');
    const { status, details } = await ready();
    expect(status).toBe('degraded');
    expect(details.cache).toMatchObject({
      reason: 'the disk cache is not writable (ENOTDIR)',
      action: expect.stringContaining('TILE_CACHE_DIR'),
    });
    expect(await health()).toMatchObject({ status: 'degraded', reason: details.cache!.reason });
    expect(await metric('heatmap_secondary_cache_lookups_total{cache="disk",result="miss"}')).toBe(1);

    await rm(join(folder, 'tiles'));
    await rename(join(folder, 'away'), join(folder, 'tiles'));
    expect((await fetch(tile(1401))).status).toBe(200);
    await eventually(async () => (await ready()).details.cache!.status === 'up');
    expect(await health()).toMatchObject({ status: 'ok' });
    await rm(folder, { recursive: true });
  });
});

describe('the upstream queue', () => {
  beforeEach(async () => {
    setup.simulator.switches.tiles = { kind: 'stall' };
    await setup.start({
      cookies: 'full',
      env: { UPSTREAM_MAX_CONCURRENCY: '2', UPSTREAM_MAX_QUEUE: '10', UPSTREAM_TIMEOUT_MS: '60000' },
    });
  });

  it('is reported as degraded from 80% on, and as up when it is empty', async () => {
    const asked: Promise<Response>[] = [];
    const stalled = new AbortController();
    const ask = async (count: number) => {
      for (let i = 0; i < count; i++)
        asked.push(fetch(tile(1300 + asked.length), asked.length < 2 ? { signal: stalled.signal } : {}));
      await eventually(async () => (await metric('heatmap_upstream_queue_depth')) === asked.length - 2);
    };
    await ask(2 + 7);
    expect((await ready()).details.upstream).toEqual({ status: 'up' });
    await ask(1);
    expect((await ready()).details.upstream).toEqual({
      status: 'degraded',
      reason: 'the upstream queue is nearly full: 8 of 10 tiles',
      action: expect.any(String),
    });
    expect(await health()).toMatchObject({
      status: 'degraded',
      reason: expect.stringContaining('8 of 10 tiles'),
    });
    await ask(2);
    expect((await fetch(tile(1399))).status).toBe(503);
    expect(await metric('heatmap_upstream_failures_total{kind="overloaded"}')).toBe(1);

    setup.simulator.switches.tiles = { kind: 'none' };
    // The two clients whose requests are in flight disconnect, which cancels these requests.
    stalled.abort();
    await Promise.allSettled(asked);
    expect((await ready()).details.upstream).toEqual({ status: 'up' });
  });
});

describe('upstream failures', () => {
  it.each([
    ['status', 'server_error'],
    ['html', 'bad_response'],
    ['reset', 'connection'],
  ] as const)(
    'of kind "%s" are counted as %s, also if the response is a stale tile',
    async (kind, counted) => {
      const clock = new SteppedClock();
      await setup.start({
        cookies: 'full',
        clock,
        env: { TILE_CACHE_TTL: '1' },
      });
      await fetch(tile(1400));
      setup.simulator.switches.tiles = { kind };
      expect((await fetch(tile(1401))).status).toBe(502);
      expect(await metric(`heatmap_upstream_failures_total{kind="${counted}"}`)).toBe(1);
      clock.advance(1000);
      await eventually(async () => {
        const { headers } = await fetch(tile(1400));
        return (
          headers.get('cache-control') === 'public, max-age=1' &&
          (await metric(`heatmap_upstream_failures_total{kind="${counted}"}`)) === 2
        );
      });
    },
  );
});

describe('a process', () => {
  it('is not ready before its listeners are open, and during shutdown', async () => {
    const env = {
      PORT: '0',
      LOG_LEVEL: 'silent',
      STRAVA_COOKIES_FILE: join(tmpdir(), 'there-are-none.json'),
    };
    const config = loadConfig({ env });
    const gateway = await createGateway(config, createLogger(config));
    const fastify = gateway.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const answer = async () => {
      const { statusCode, body } = await fastify.inject('/readyz');
      return [statusCode, (JSON.parse(body) as Ready).status];
    };
    expect(await answer()).toEqual([503, 'starting']);
    expect((await fastify.inject('/livez')).statusCode).toBe(200);
    await gateway.listen();
    expect(await answer()).toEqual([200, 'ok']);
    gateway.drain();
    expect(await answer()).toEqual([503, 'shutting_down']);
    await gateway.close();
  });
});
