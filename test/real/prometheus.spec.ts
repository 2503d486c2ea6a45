/** A real Prometheus scrapes three real gateways through a bad day: every query of the dashboard and every rule has data. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat } from '../simulator/find-tile.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { fullCookies, sessionOnly, startGateway, type RunningGateway } from '../support/gateway.js';
import { describeWith } from '../support/programs/describe-with.js';
import {
  startPrometheus,
  type PrometheusServer,
  type Sample,
} from '../support/programs/prometheus-server.js';
import { startRedis, type RedisServer } from '../support/programs/redis-server.js';
import { fenced, pathOf, queries, RULES_FILE, rules, runbooks, source } from '../monitoring/files.js';

const ALICE = 'alices-key-0123456789';
const BOB = 'bobs-key-0123456789';
const ADMIN = 'admin-key-0123456789';
const { x, y } = tileWithHeat(13);
const empty = tileWithoutHeat(13);

/** Whether gateways tell of their Redis; where they do, it has to be seen like everything else. */
const TELLS_OF_REDIS = source().includes('heatmap_redis_up');

describeWith(
  ['sh', '-c', 'prometheus --version && promtool --version && redis-server --version'],
  'Prometheus',
  () => {
    let simulator: Simulator;
    let redis: RedisServer;
    let gateways: RunningGateway[];
    let prometheus: PrometheusServer;
    /** Tiles that were not requested before. */
    let fresh = 0;

    beforeAll(async () => {
      simulator = await startSimulator();
      redis = await startRedis();
      const start = (options: Parameters<typeof startGateway>[1]) =>
        startGateway(simulator, { ...options, env: { MANAGEMENT_PORT: '0', ...options?.env } });
      gateways = await Promise.all([
        start({ cookies: fullCookies(simulator), env: { TILE_CACHE_MAX_BYTES: '64KB' } }),
        start({
          cookies: sessionOnly(simulator),
          keys: {
            keys: [
              { id: 'alice', key: ALICE },
              { id: 'bob', key: BOB, rateLimit: { max: 5 } },
            ],
          },
        }),
        start({
          cookies: sessionOnly(simulator),
          env: { TILE_CACHE_TTL: '1', REDIS_URL: redis.url, ADMIN_KEY: ADMIN },
        }),
      ]);
      prometheus = await startPrometheus({
        job: 'gateway',
        targets: gateways.map(({ managementUrl }, i) => ({
          url: managementUrl!,
          labels: { namespace: 'maps', pod: `gateway-${i}` },
        })),
        rulesFile: pathOf(RULES_FILE),
        intervalSeconds: 1,
      });
    });

    afterAll(async () => {
      await prometheus?.stop();
      for (const gateway of gateways ?? []) await gateway.close();
      await redis?.kill();
      await simulator?.close();
    });

    /** Asks every gateway for something of everything, some of which they refuse. */
    async function round(): Promise<void> {
      fresh++;
      const deep = `13/${x + (fresh % 40)}/${y + Math.floor(fresh / 40)}.png`;
      const common = [
        '/',
        '/health',
        '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities',
        `/xyz/all/hot/13/${x}/${y - 1}.png`,
        `/xyz/all/hot/${deep}`,
        `/xyz/all/hot/${deep}`,
        `/xyz/all/hot/13/${empty.x}/${empty.y}.png`,
        `/xyz/all/hot/5/${fresh % 32}/10.png`,
        `/wmts/1.0.0/all-blue/default/GoogleMapsCompatible/13/${y}/${x + (fresh % 40)}.png`,
        `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=13&TILEROW=${y}&TILECOL=${x}`,
        `/tms/1.0.0/all-hot/13/${x}/${8191 - y}.png`,
        `/global/hot/all/${deep}`,
      ];
      const [, keyed] = gateways;
      await Promise.all([
        ...gateways.flatMap(({ url }) =>
          common.map((path) => get(url + path, url === keyed!.url ? { 'x-api-key': ALICE } : {})),
        ),
        get(`${keyed!.url}/xyz/all/hot/0/0/0.png`),
        get(`${keyed!.url}/xyz/all/hot/0/0/0.png?key=unknown-key-0123456789`),
        get(`${keyed!.url}/xyz/all/hot/0/0/0.png?key=${BOB}`),
        get(`${keyed!.url}/xyz/all/hot/0/0/0.png?key=${BOB}`),
      ]);
    }

    async function get(url: string, headers: Record<string, string> = {}): Promise<void> {
      await (await fetch(url, { headers })).arrayBuffer();
    }

    /** Goes on with rounds until Prometheus has seen a few of them; `before` each does harm. */
    async function rounds(count: number, before: () => void = () => undefined): Promise<void> {
      for (let i = 0; i < count; i++) {
        before();
        await round();
        await scrapes(1);
      }
    }

    /** Waits until every gateway was scraped `count` times more. */
    async function scrapes(count: number): Promise<void> {
      const seen = async () => {
        const found = await prometheus.query('count_over_time(up{job="gateway"}[5m])');
        return found.length < gateways.length ? 0 : Math.min(...found.map(({ value }) => value));
      };
      const enough = (await seen()) + count;
      await eventually(async () => (await seen()) >= enough);
    }

    it('takes the rules, and on a good day every alert is silent', async () => {
      await rounds(2);
      await eventually(async () => {
        const loaded = await prometheus.rules();
        return loaded.every(({ health, state }) => health === 'ok' && (state ?? 'inactive') === 'inactive');
      });
      expect(await prometheus.rules()).toHaveLength(rules().length);
      // A scrape of a busy machine may time out.
      await eventually(async () => (await prometheus.query('ALERTS')).length === 0);
      await eventually(async () => (await prometheus.query('up == 1')).length === gateways.length);
    });

    it('sees a bad day: every query of the dashboard and every recording rule has data, and alerts begin', async () => {
      await rounds(2, () => simulator.revokeKeyPair());
      simulator.switches.tiles = { kind: 'status', status: 500 };
      await rounds(3);
      simulator.switches.tiles = { kind: 'reset' };
      await rounds(1);
      // Last of all, since the host is left alone for a second then.
      simulator.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 1 };
      await rounds(1);
      simulator.switches.tiles = { kind: 'none' };
      simulator.endSession('redirect');
      simulator.revokeKeyPair();
      await rounds(3);
      await scrapes(2);

      for (const { title, expr } of queries()) {
        const found = await prometheus.query(filledIn(expr));
        const absent = expr.includes('heatmap_redis_up') && !TELLS_OF_REDIS;
        expect([title, expr, found.length > 0]).toEqual([title, expr, !absent]);
        expect([title, ...found.filter(({ value }) => !Number.isFinite(value))]).toEqual([title]);
      }
      for (const { record } of rules())
        if (record !== undefined) {
          const found = await prometheus.query(record);
          expect([record, found.length]).toEqual([record, 1]);
          expect([record, Number.isFinite(found[0]!.value)]).toEqual([record, true]);
        }
      for (const { text } of runbooks())
        for (const expression of fenced(text, 'promql')) await prometheus.query(expression);

      expect(await sum('Refreshes by reason and result', { result: 'success' })).toBeGreaterThan(0);
      expect(await sum('Refreshes by reason and result', { result: 'session_rejected' })).toBeGreaterThan(0);
      expect(await sum('Tiles refused by Strava (401, 403)')).toBeGreaterThan(0);
      expect(new Set((await panel('Refreshes by gateway')).map(({ labels }) => labels.pod)).size).toBe(3);
      expect(await sum('Failed upstream tiles by kind', { kind: 'server_error' })).toBeGreaterThan(0);
      expect(await sum('Failed upstream tiles by kind', { kind: 'connection' })).toBeGreaterThan(0);
      expect(await sum('Evictions')).toBeGreaterThan(0);
      for (const outcome of ['hit', 'miss', 'coalesced', 'stale', 'empty', 'anonymous', 'error'])
        expect([outcome, await sum('Tiles by outcome', { outcome })]).not.toContain(0);
      for (const encoding of ['wmts_kvp', 'wmts_rest', 'xyz', 'tms', 'drop_in'])
        expect([encoding, await sum('Tiles by encoding', { encoding })]).not.toContain(0);
      for (const reason of ['missing', 'unknown', 'rate_limited'])
        expect([reason, await sum('Rejections by reason', { reason })]).not.toContain(0);

      const states = new Map<string, string>();
      for (const { name, labels, state } of await prometheus.rules())
        if (state) states.set([name, labels?.long_window].join(' ').trim(), state);
      expect(Object.fromEntries(states)).toMatchObject({
        'HeatmapGatewayErrorBudgetBurn 1h': 'firing',
        HeatmapGatewaySessionRejected: 'pending',
        HeatmapGatewayUpstreamThrottled: 'pending',
        HeatmapGatewayUpstreamFailing: 'pending',
        HeatmapGatewayCookiesExpireSoon: 'inactive',
        HeatmapGatewayQueueStuck: 'inactive',
        HeatmapGatewayRedisDown: 'inactive',
        HeatmapGatewayRedisErrors: 'inactive',
        HeatmapGatewayTargetDown: 'inactive',
        HeatmapGatewayAbsent: 'inactive',
      });
    });

    it('finds nothing to lint in our own metrics', async () => {
      for (const { managementUrl } of gateways) {
        const text = await (await fetch(`${managementUrl}/metrics`)).text();
        const own = text.split('\n').filter((line) => /^(# (HELP|TYPE) )?heatmap_/.test(line));
        const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
          input: `${own.join('\n')}\n`,
          encoding: 'utf8',
        });
        expect([status, stdout, stderr]).toEqual([0, '', '']);
      }
    });

    async function panel(title: string): Promise<Sample[]> {
      const { expr } = queries().findLast((query) => query.title === title)!;
      return prometheus.query(filledIn(expr));
    }

    /** Over the series of a panel that have these labels. */
    async function sum(title: string, labels: Record<string, string> = {}): Promise<number> {
      return (await panel(title))
        .filter((sample) => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
        .reduce((total, { value }) => total + value, 0);
    }
  },
);

/** As Grafana sends it, with everything chosen; the whole day of the test is one interval. */
function filledIn(expr: string): string {
  return expr
    .replaceAll('$namespace', 'maps')
    .replaceAll('$job', 'gateway')
    .replaceAll('$pod', '.*')
    .replaceAll('$__rate_interval', '2m');
}
