/** Every metric of the gateway, defined once. Names and labels are a contract: dashboards and alerts hold them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  REFRESH_REASONS,
  REFRESH_RESULTS,
  type RefreshReason,
  type RefreshResult,
} from '../strava-cookies/index.js';

export type Encoding = 'wmts_kvp' | 'wmts_rest' | 'xyz' | 'tms' | 'drop_in';
export const ENCODINGS: readonly Encoding[] = ['wmts_kvp', 'wmts_rest', 'xyz', 'tms', 'drop_in'];

export type TileOutcome = 'hit' | 'miss' | 'coalesced' | 'stale' | 'empty' | 'anonymous' | 'error';
const TILE_OUTCOMES: readonly TileOutcome[] = [
  'hit',
  'miss',
  'coalesced',
  'stale',
  'empty',
  'anonymous',
  'error',
];

/** `error`: no answer came; `cancelled`: everybody who waited has hung up. */
export type UpstreamStatus = number | 'error' | 'cancelled';

/** Why the upstream gave no tile; `upstream-error.ts` tells what each means. */
export const UPSTREAM_FAILURES = [
  'timeout',
  'connection',
  'throttled',
  'server_error',
  'bad_response',
  'refused',
  'unknown_sport',
  'overloaded',
  'needs_cookies',
  'session_rejected',
  'cookies_unavailable',
] as const;
export type UpstreamFailure = (typeof UPSTREAM_FAILURES)[number];

export type TileSource = 'authenticated' | 'anonymous';

const AUTH_REJECTIONS = [
  'missing',
  'unknown',
  'expired',
  'ambiguous',
  'malformed',
  'layer',
  'zoom',
  'origin',
  'rate_limited',
  'admin',
] as const;
export type AuthRejection = (typeof AUTH_REJECTIONS)[number];

/** One per application; children of bounded label sets exist from the start, at 0. */
export class Metrics {
  readonly registry = new Registry();

  /** How many tiles are under way upstream, and how many wait for it. */
  upstream: () => { readonly inFlight: number; readonly queued: number } = () => ({ inFlight: 0, queued: 0 });
  private cache = () => ({ bytes: 0, entries: 0, limit: 0 });

  private readonly httpRequests = this.counter(
    'heatmap_http_requests_total',
    'Requests answered, by route, method and status.',
    ['route', 'method', 'status'],
  );
  private readonly httpDuration = new Histogram({
    name: 'heatmap_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [this.registry],
  });
  private readonly tileRequests = this.counter(
    'heatmap_tile_requests_total',
    'Tile requests by encoding and by where the answer came from.',
    ['encoding', 'outcome'],
  );
  private readonly upstreamRequests = this.counter(
    'heatmap_upstream_requests_total',
    'Tile requests sent upstream, by source and status; status "error" is one without an answer, "cancelled" one that nobody waited for any more.',
    ['source', 'status'],
  );
  private readonly upstreamDuration = new Histogram({
    name: 'heatmap_upstream_request_duration_seconds',
    help: 'Time from sending a tile request upstream to the end of its body.',
    labelNames: ['source'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [this.registry],
  });
  private readonly upstreamFailures = this.counter(
    'heatmap_upstream_failures_total',
    'Tiles that could not be had from the upstream, by kind of failure; a stale one may have been served instead.',
    ['kind'],
  );
  private readonly secondaryLookups = this.counter(
    'heatmap_secondary_cache_lookups_total',
    'Tiles looked for on disk or in Redis because the memory did not have them fresh, by result.',
    ['cache', 'result'],
  );
  private readonly cookieRefreshes = this.counter(
    'heatmap_cookie_refreshes_total',
    'Refreshes of the signed cookies, by reason and result.',
    ['reason', 'result'],
  );
  readonly cookiesExpiry = this.gauge(
    'heatmap_cookies_expiry_timestamp_seconds',
    'When the signed cookies expire, as Unix time; 0 when there are none.',
  );
  readonly sessionValid = this.gauge(
    'heatmap_session_valid',
    '1 while the session cookie is accepted, 0 when it is absent or was rejected.',
  );
  readonly cacheEvictions = this.counter(
    'heatmap_cache_evictions_total',
    'Tiles dropped from the memory tile cache to keep its bound.',
    [],
  );
  private readonly authRejections = this.counter(
    'heatmap_auth_rejections_total',
    'Requests refused for their key or for a limit, by reason.',
    ['reason'],
  );

  private readonly tileChildren = new Map<Encoding, Map<TileOutcome, { inc(): void }>>();
  private readonly requestChildren = new Map<string, { count: { inc(): void }; time: Observer }>();

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    const info = new Gauge({
      name: 'heatmap_build_info',
      help: 'Always 1; the label tells the version.',
      labelNames: ['version'],
      registers: [this.registry],
    });
    info.set({ version }, 1);
    this.gauge(
      'heatmap_upstream_in_flight',
      'Tile requests under way upstream.',
      () => this.upstream().inFlight,
    );
    this.gauge(
      'heatmap_upstream_queue_depth',
      'Tile requests that wait for their turn upstream.',
      () => this.upstream().queued,
    );
    this.gauge('heatmap_cache_bytes', 'Bytes held by the memory tile cache.', () => this.cache().bytes);
    this.gauge('heatmap_cache_limit_bytes', 'Bound of the memory tile cache.', () => this.cache().limit);
    this.gauge('heatmap_cache_entries', 'Tiles held by the memory tile cache.', () => this.cache().entries);
    for (const encoding of ENCODINGS)
      this.tileChildren.set(
        encoding,
        new Map(TILE_OUTCOMES.map((outcome) => [outcome, child(this.tileRequests, { encoding, outcome })])),
      );
    for (const reason of REFRESH_REASONS)
      for (const result of REFRESH_RESULTS) this.cookieRefreshes.inc({ reason, result }, 0);
    for (const reason of AUTH_REJECTIONS) this.authRejections.inc({ reason }, 0);
    for (const kind of UPSTREAM_FAILURES) this.upstreamFailures.inc({ kind }, 0);
    for (const cache of ['disk', 'redis'])
      for (const result of ['hit', 'miss']) this.secondaryLookups.inc({ cache, result }, 0);
    for (const source of ['authenticated', 'anonymous'] as const)
      for (const status of ['200', '304', '401', '403', '404', '429', 'error', 'cancelled'])
        this.upstreamRequests.inc({ source, status }, 0);
  }

  watchUpstream(read: Metrics['upstream']): void {
    this.upstream = read;
  }

  watchCache(read: () => { bytes: number; entries: number; limit: number }): void {
    this.cache = read;
  }

  /** Where there is a Redis, whether it can be reached. */
  watchRedis(read: () => boolean): void {
    this.gauge('heatmap_redis_up', '1 while Redis can be reached, else 0; absent without Redis.', () =>
      read() ? 1 : 0,
    );
  }

  tileRequest(encoding: Encoding, outcome: TileOutcome): void {
    this.tileChildren.get(encoding)!.get(outcome)!.inc();
  }

  /** `route` is the pattern of a route, never a path. Children are kept, since resolving labels costs on a hit. */
  httpRequest(route: string, method: string, status: number, seconds: number): void {
    const key = `${method} ${status} ${route}`;
    let children = this.requestChildren.get(key);
    if (!children) {
      children = {
        count: child(this.httpRequests, { route, method, status: String(status) }),
        time: this.httpDuration.labels({ route }),
      };
      this.requestChildren.set(key, children);
    }
    children.count.inc();
    children.time.observe(seconds);
  }

  upstreamRequest(source: TileSource, status: UpstreamStatus, seconds: number): void {
    this.upstreamRequests.inc({ source, status: String(status) });
    this.upstreamDuration.observe({ source }, seconds);
  }

  upstreamFailure(kind: UpstreamFailure): void {
    this.upstreamFailures.inc({ kind });
  }

  secondaryLookup(cache: string, result: 'hit' | 'miss'): void {
    this.secondaryLookups.inc({ cache, result });
  }

  cookieRefresh(reason: RefreshReason, result: RefreshResult): void {
    this.cookieRefreshes.inc({ reason, result });
  }

  authRejection(reason: AuthRejection): void {
    this.authRejections.inc({ reason });
  }

  private counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** `read` is asked at each scrape, so that the hot path keeps no gauge up to date. */
  private gauge(name: string, help: string, read?: () => number): Gauge {
    const collect = read && { collect: (): void => gauge.set(read()) };
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], ...collect });
    return gauge;
  }
}

interface Observer {
  observe(value: number): void;
}

/** The counter of one label set, created at 0. */
function child(counter: Counter, labels: Record<string, string>): { inc(): void } {
  counter.inc(labels, 0);
  return counter.labels(labels);
}
