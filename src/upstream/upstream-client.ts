/** Fetches tiles upstream: bounded parallelism and queue, one deadline per tile, signed cookies, one refresh and retry. */
import PQueue from 'p-queue';
import { Agent, type Dispatcher } from 'undici';
import { ANONYMOUS_MAX_ZOOM, type TileAddress, type TileSource } from '../catalog/index.js';
import { untilAborted } from '../common/abort.js';
import type { Clock } from '../common/clock.js';
import type { HealthIssue } from '../common/health-signals.js';
import type { CookieKeeper, VersionedCookies } from '../cookie-store/index.js';
import type { Metrics, UpstreamStatus } from '../metrics/index.js';
import { fetchTile, MAX_TILE_BYTES, type TileResponse } from './tile-fetch.js';
import { anonymousTilePath, authenticatedTilePath } from './tile-url.js';
import { UpstreamError } from './upstream-error.js';

/** A cached tile that the upstream can revalidate. */
export interface HeldTile {
  readonly source: TileSource;
  readonly etag: string | undefined;
}

export type UpstreamTile = TileResponse & { readonly source: TileSource };

export interface UpstreamOptions {
  readonly tilesUrl: string;
  readonly anonymousTilesUrls: readonly string[];
  readonly tilesVersion: number;
  readonly maxConcurrency: number;
  readonly maxQueue: number;
  /** Deadline of one tile, including the queue, a refresh and retries. */
  readonly timeoutMs: number;
  readonly cookies: CookieKeeper;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly dispatcher?: Dispatcher;
}

/** Attempts per tile; every retry needs cookies from a fresh refresh. */
const MAX_ATTEMPTS = 3;
/** Share of the queue from which health reports an issue: clients wait long, and the next requests get 503. */
const QUEUE_WARNING_RATIO = 0.8;

export class UpstreamClient {
  private readonly queue: PQueue;
  private readonly dispatcher: Dispatcher;
  private readonly tilesHost: Host;
  private readonly anonymousHosts: readonly Host[];
  /** End of the pause that each source asked for, in milliseconds since the epoch. */
  private readonly pausedUntil: Record<TileSource, number> = { authenticated: 0, anonymous: 0 };

  constructor(private readonly options: UpstreamOptions) {
    const { maxConcurrency, timeoutMs, metrics, tilesUrl, anonymousTilesUrls } = options;
    this.tilesHost = hostOf(tilesUrl);
    this.anonymousHosts = anonymousTilesUrls.map(hostOf);
    this.queue = new PQueue({ concurrency: maxConcurrency });
    this.dispatcher =
      options.dispatcher ??
      new Agent({
        // Bounds sockets for each host; the queue bounds requests for all hosts. With the queue alone there are twice as many
        // sockets, because a request starts before the connection of the previous one is free. With this bound alone, each
        // request that is cancelled while it waits costs a connection.
        connections: maxConcurrency,
        keepAliveTimeout: 30_000,
        connect: { timeout: timeoutMs },
        maxResponseSize: MAX_TILE_BYTES,
      });
    metrics.watchUpstream(() => ({ inFlight: this.queue.pending, queued: this.queue.size }));
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** The tile at `address`. Throws an {@link UpstreamError}. `signal` aborts when no client waits for the tile any more. */
  async fetch(address: TileAddress, held: HeldTile | undefined, signal: AbortSignal): Promise<UpstreamTile> {
    const { maxConcurrency, maxQueue } = this.options;
    const ended = new AbortController();
    let started = false;
    const timer = setTimeout(() => ended.abort(started ? TIMEOUT : OVERLOADED), this.options.timeoutMs);
    const cancel = () => ended.abort(CANCELLED);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      if (this.queue.pending >= maxConcurrency && this.queue.size >= maxQueue) throw OVERLOADED;
      return await this.queue.add(
        () => {
          started = true;
          return this.fetchNow(address, held, ended.signal);
        },
        { signal: ended.signal },
      );
    } catch (error) {
      if (error instanceof UpstreamError && error.kind !== 'cancelled')
        this.options.metrics.upstreamFailure(error.kind);
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** URL of the tile on the anonymous host; undefined beyond its zoom levels. */
  anonymousUrl(address: TileAddress): string | undefined {
    if (!hasAnonymous(address)) return undefined;
    const { origin, prefix } = this.anonymousHost(address);
    return origin + prefix + anonymousTilePath(address);
  }

  /** Set while requests are queued to near the limit. */
  get issue(): HealthIssue | undefined {
    const { maxConcurrency, maxQueue } = this.options;
    const { pending, size } = this.queue;
    if (pending < maxConcurrency || size < QUEUE_WARNING_RATIO * maxQueue) return undefined;
    return {
      reason: `the upstream queue is nearly full: ${size} of ${maxQueue} tiles`,
      action:
        'wait; if it persists, check whether Strava responds slowly, or lower the rate limits of clients',
    };
  }

  private anonymousHost({ x, y }: TileAddress): Host {
    return this.anonymousHosts[(x + y) % this.anonymousHosts.length]!;
  }

  private async fetchNow(
    address: TileAddress,
    held: HeldTile | undefined,
    signal: AbortSignal,
  ): Promise<UpstreamTile> {
    const { cookies } = this.options;
    let issued = cookies.current() ?? (await untilAborted(cookies.obtain(), signal));
    let refusal: UpstreamError | undefined;
    for (let attempt = 1; issued; attempt++) {
      const tile = await this.authenticated(address, held, issued, signal);
      if (!(tile instanceof UpstreamError)) {
        cookies.confirm(issued.generation, { afterRenewal: attempt > 1 });
        return tile;
      }
      refusal = tile;
      // Another refresh makes sense only if these cookies worked for another tile: then they have been revoked since.
      if (attempt === MAX_ATTEMPTS || (attempt > 1 && !cookies.wasAccepted(issued.generation))) {
        cookies.reportUselessRefresh(issued.generation);
        break;
      }
      issued = await untilAborted(cookies.renew(issued.generation), signal);
    }
    if (hasAnonymous(address))
      return this.request('anonymous', address, held, signal, {
        host: this.anonymousHost(address),
        path: anonymousTilePath(address),
      });
    throw this.noCookies(refusal?.upstreamStatus);
  }

  /** Resolves with the error when the upstream refuses the cookies; other errors are thrown. */
  private async authenticated(
    address: TileAddress,
    held: HeldTile | undefined,
    issued: VersionedCookies,
    signal: AbortSignal,
  ): Promise<UpstreamTile | UpstreamError> {
    try {
      return await this.request('authenticated', address, held, signal, {
        host: this.tilesHost,
        path: authenticatedTilePath(address, this.options.tilesVersion),
        cookie: issued.header.reveal(),
      });
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'refused') return error;
      throw error;
    }
  }

  private async request(
    source: TileSource,
    address: TileAddress,
    held: HeldTile | undefined,
    signal: AbortSignal,
    target: { readonly host: Host; readonly path: string; readonly cookie?: string },
  ): Promise<UpstreamTile> {
    const { clock, metrics } = this.options;
    const pause = this.pausedUntil[source] - clock.now();
    if (pause > 0)
      throw new UpstreamError('throttled', 'The upstream asked for a pause.', Math.ceil(pause / 1000));
    const request = {
      origin: target.host.origin,
      path: target.host.prefix + target.path,
      size: address.size,
      cookie: target.cookie,
      etag: held?.source === source ? held.etag : undefined,
      signal,
      now: () => clock.now(),
    };
    for (let attempt = 1; ; attempt++) {
      const begun = performance.now();
      let status: UpstreamStatus = 'error';
      try {
        const tile = await fetchTile(this.dispatcher, request, (code) => {
          status = code;
        });
        return { ...tile, source };
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.kind === 'cancelled') status = 'cancelled';
        if (error.kind === 'throttled')
          this.pausedUntil[source] = clock.now() + (error.retryAfterSeconds ?? 0) * 1000;
        // The upstream may close a kept-alive connection just as it is reused; one retry on a new connection is safe.
        if (error.kind !== 'connection' || status !== 'error' || attempt > 1 || signal.aborted) throw error;
      } finally {
        metrics.upstreamRequest(source, status, (performance.now() - begun) / 1000);
      }
    }
  }

  private noCookies(upstreamStatus: number | undefined): UpstreamError {
    const { state, reason, action, retryAfterSeconds } = this.options.cookies.status();
    switch (state) {
      case 'anonymous':
        return new UpstreamError('needs_cookies', `This zoom level needs Strava cookies: ${action}.`);
      case 'session_rejected':
        return new UpstreamError(
          'session_rejected',
          `The Strava session has ended: ${reason}. To fix it, ${action}.`,
          60,
          upstreamStatus,
        );
      case 'upstream_error':
        return new UpstreamError(
          'cookies_unavailable',
          `No valid cookies: ${reason}.`,
          retryAfterSeconds ?? 5,
          upstreamStatus,
        );
      case 'valid':
        return new UpstreamError(
          'refused',
          'The upstream refuses this tile, even with fresh cookies.',
          10,
          upstreamStatus,
        );
    }
  }
}

/** A configured base URL, parsed once. */
interface Host {
  readonly origin: string;
  /** Path prefix without a trailing slash; empty for none. */
  readonly prefix: string;
}

function hostOf(url: string): Host {
  const { origin, pathname } = new URL(url);
  return { origin, prefix: pathname.replace(/\/$/, '') };
}

function hasAnonymous({ z, size }: TileAddress): boolean {
  return z <= ANONYMOUS_MAX_ZOOM[size];
}

const TIMEOUT = new UpstreamError('timeout', 'The upstream did not respond in time.');
const OVERLOADED = new UpstreamError('overloaded', 'The queue of upstream requests is full.', 2);
const CANCELLED = new UpstreamError('cancelled', 'No client waits for this tile any more.');
