/** Every metric of the gateway, defined once. Names and labels are a public contract: dashboards and alerts use them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ACCESS_DENIED_REASONS, type AccessDeniedReason } from '../access/index.js';
import {
  ENCODINGS,
  TILE_FAILURES,
  TILE_OUTCOMES,
  SOURCE_GROUPS,
  UPSTREAM_ISSUES,
  type Encoding,
  type TileFailure,
  type TileOutcome,
  type SourceGroup,
  type TileSource,
  type UpstreamIssueKind,
} from '../catalog/index.js';
import {
  REFRESH_REASONS,
  REFRESH_RESULTS,
  type RefreshReason,
  type RefreshResult,
} from '../strava-cookies/index.js';
import {
  REDIS_ERROR_REASONS,
  REDIS_OPERATIONS,
  type RedisErrorReason,
  type RedisOperation,
} from './redis-labels.js';

/** `error`: no response; `cancelled`: no client waits for the tile any more. */
export type UpstreamStatus = number | 'error' | 'cancelled';

/** Requests to a disabled `/admin` are not rejections. */
export type AuthRejection = Exclude<AccessDeniedReason, 'admin_off'>;

export const CLOSED_REASONS = [
  'max_connections',
  'max_connections_per_address',
  'pipelining',
  'unread',
] as const;

/** Why the gateway closes a connection by itself. */
export type ClosedReason = (typeof CLOSED_REASONS)[number];

/** Upstream tile requests at present. */
interface UpstreamLoad {
  readonly inFlight: number;
  readonly queued: number;
  readonly issue?: UpstreamIssueKind | undefined;
  /** Rest of the pause of a source. */
  readonly pauseMs?: (source: SourceGroup) => number;
  /** Sources of anonymous tiles that do not answer. */
  readonly failing?: readonly TileSource[];
}

/** One per application. The series of bounded label sets exist from the start, at 0. */
export class Metrics {
  readonly registry = new Registry();

  private upstream: () => UpstreamLoad = () => ({ inFlight: 0, queued: 0 });
  private refreshPause = () => 0;
  private cache = () => ({ bytes: 0, entries: 0, limit: 0 });

  private readonly httpRequests = this.counter(
    'heatmap_http_requests_total',
    'HTTP requests by route, method and status.',
    ['route', 'method', 'status'],
  );
  private readonly httpDuration = new Histogram({
    name: 'heatmap_http_request_duration_seconds',
    help: 'Time from the start of a request to the end of its response.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [this.registry],
  });
  private readonly tileRequests = this.counter(
    'heatmap_tile_requests_total',
    'Tile requests by encoding and outcome.',
    ['encoding', 'outcome'],
  );
  private readonly upstreamRequests = this.counter(
    'heatmap_upstream_requests_total',
    'Tile requests sent upstream by source and status; status "error" means no response, "cancelled" that every client had disconnected.',
    ['source', 'status'],
  );
  private readonly upstreamDuration = new Histogram({
    name: 'heatmap_upstream_request_duration_seconds',
    help: 'Time from sending a tile request upstream to the end of the response body.',
    labelNames: ['source'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [this.registry],
  });
  private readonly upstreamFailures = this.counter(
    'heatmap_upstream_failures_total',
    'Tile requests that failed upstream, by kind of failure; a stale tile may have been served instead.',
    ['kind'],
  );
  private readonly secondaryLookups = this.counter(
    'heatmap_secondary_cache_lookups_total',
    'Lookups in the disk and Redis caches, made when memory has no fresh tile, by result.',
    ['cache', 'result'],
  );
  private redisErrors: Counter | undefined;
  private readonly cookieRefreshes = this.counter(
    'heatmap_cookie_refreshes_total',
    'Refreshes of the signed cookies by reason and result.',
    ['reason', 'result'],
  );
  readonly cookiesExpiry = this.gauge(
    'heatmap_cookies_expiry_timestamp_seconds',
    'Expiry of the signed cookies as Unix time; 0 without signed cookies.',
  );
  readonly sessionValid = this.gauge(
    'heatmap_session_valid',
    '1 while Strava accepts the session cookie, 0 when it is absent or rejected.',
  );
  readonly cacheEvictions = this.counter(
    'heatmap_cache_evictions_total',
    'Tiles evicted from the memory tile cache.',
    [],
  );
  private readonly authRejections = this.counter(
    'heatmap_auth_rejections_total',
    'Requests rejected by the host check, the API key check or a rate limit, by reason.',
    ['reason'],
  );

  private readonly closedConnections = this.counter(
    'heatmap_connections_closed_total',
    'Connections closed because there are too many of them, too many pipelined requests, or an unread response, by reason.',
    ['reason'],
  );

  private readonly tileChildren = new Map<Encoding, Map<TileOutcome, { inc(): void }>>();
  private readonly requestChildren = new Map<string, { count: { inc(): void }; time: Observer }>();

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    const info = new Gauge({
      name: 'heatmap_build_info',
      help: 'Always 1; the version is in the label.',
      labelNames: ['version'],
      registers: [this.registry],
    });
    info.set({ version }, 1);
    this.gauge(
      'heatmap_upstream_in_flight',
      'Tile requests in flight upstream.',
      () => this.upstream().inFlight,
    );
    this.gauge(
      'heatmap_upstream_queue_depth',
      'Tile requests queued for the upstream.',
      () => this.upstream().queued,
    );
    this.gaugeByLabel(
      'heatmap_upstream_issue',
      'Health issues of the upstream by kind: 1 while /health reports the issue, else 0.',
      'kind',
      UPSTREAM_ISSUES,
      (kind) => (this.upstream().issue === kind ? 1 : 0),
    );
    this.gaugeByLabel(
      'heatmap_upstream_pause_seconds',
      'Remaining seconds of the pause that a source asked for with 429, or 503 and Retry-After; 0 without a pause.',
      'source',
      SOURCE_GROUPS,
      (source) => (this.upstream().pauseMs?.(source) ?? 0) / 1000,
    );
    this.gaugeByLabel(
      'heatmap_anonymous_source_failing',
      '1 while a source of anonymous tiles does not answer and the other one is asked first, else 0.',
      'source',
      ANONYMOUS_SOURCES,
      (source) => (this.upstream().failing?.includes(source) ? 1 : 0),
    );
    this.gauge(
      'heatmap_cookie_refresh_pause_seconds',
      'Remaining seconds until a refresh of the cookies is allowed again; 0 without a pause.',
      () => this.refreshPause(),
    );
    this.gauge('heatmap_cache_bytes', 'Size of the memory tile cache in bytes.', () => this.cache().bytes);
    this.gauge(
      'heatmap_cache_limit_bytes',
      'Maximum size of the memory tile cache in bytes.',
      () => this.cache().limit,
    );
    this.gauge('heatmap_cache_entries', 'Tiles in the memory tile cache.', () => this.cache().entries);
    for (const encoding of ENCODINGS)
      this.tileChildren.set(
        encoding,
        new Map(TILE_OUTCOMES.map((outcome) => [outcome, child(this.tileRequests, { encoding, outcome })])),
      );
    for (const reason of REFRESH_REASONS)
      for (const result of REFRESH_RESULTS) this.cookieRefreshes.inc({ reason, result }, 0);
    for (const reason of ACCESS_DENIED_REASONS)
      if (reason !== 'admin_off') this.authRejections.inc({ reason }, 0);
    for (const reason of CLOSED_REASONS) this.closedConnections.inc({ reason }, 0);
    for (const kind of TILE_FAILURES) this.upstreamFailures.inc({ kind }, 0);
    for (const cache of ['disk', 'redis'])
      for (const result of ['hit', 'miss']) this.secondaryLookups.inc({ cache, result }, 0);
    for (const source of SOURCE_GROUPS)
      for (const status of ['200', '304', '401', '403', '404', '429', 'error', 'cancelled'])
        this.upstreamRequests.inc({ source, status }, 0);
  }

  watchUpstream(read: () => UpstreamLoad): void {
    this.upstream = read;
  }

  /** `read` returns seconds. */
  watchRefreshPause(read: () => number): void {
    this.refreshPause = read;
  }

  watchCache(read: () => { bytes: number; entries: number; limit: number }): void {
    this.cache = read;
  }

  /** Adds the metrics of Redis; called only when Redis is configured. */
  watchRedis(read: () => boolean): void {
    this.gauge(
      'heatmap_redis_up',
      '1 while Redis is connected and executes every operation, else 0; absent when Redis is not configured.',
      () => (read() ? 1 : 0),
    );
    this.redisErrors = this.counter(
      'heatmap_redis_errors_total',
      'Errors of Redis by operation and reason: refused with an error, without a reply in time, or a record that is not valid.',
      ['operation', 'reason'],
    );
    for (const operation of REDIS_OPERATIONS)
      for (const reason of REDIS_ERROR_REASONS) this.redisErrors.inc({ operation, reason }, 0);
  }

  redisError(operation: RedisOperation, reason: RedisErrorReason): void {
    this.redisErrors?.inc({ operation, reason });
  }

  tileRequest(encoding: Encoding, outcome: TileOutcome): void {
    this.tileChildren.get(encoding)!.get(outcome)!.inc();
  }

  /** `route` is a route pattern, never a path. The children are kept: resolving labels is slow on a cache hit. */
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

  upstreamRequest(source: SourceGroup, status: UpstreamStatus, seconds: number): void {
    this.upstreamRequests.inc({ source, status: String(status) });
    this.upstreamDuration.observe({ source }, seconds);
  }

  upstreamFailure(kind: TileFailure): void {
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

  connectionsClosed(reason: ClosedReason, count: number): void {
    this.closedConnections.inc({ reason }, count);
  }

  private counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** `read` is called at each scrape, so the hot path never updates a gauge. */
  private gauge(name: string, help: string, read?: () => number): Gauge {
    const collect = read && { collect: (): void => gauge.set(read()) };
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], ...collect });
    return gauge;
  }

  private gaugeByLabel<T extends string>(
    name: string,
    help: string,
    label: string,
    values: readonly T[],
    read: (value: T) => number,
  ): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect: () => values.forEach((value) => gauge.set({ [label]: value }, read(value))),
    });
  }
}

const ANONYMOUS_SOURCES = ['anonymous', 'old_anonymous'] as const satisfies readonly TileSource[];

interface Observer {
  observe(value: number): void;
}

/** The counter of one label set, created at 0. */
function child(counter: Counter, labels: Record<string, string>): { inc(): void } {
  counter.inc(labels, 0);
  return counter.labels(labels);
}
