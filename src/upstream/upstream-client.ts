/** Fetches tiles upstream: bounded parallelism and queue, one deadline per tile, signed cookies, one refresh and retry. */
import PQueue from 'p-queue';
import { Agent, type Dispatcher } from 'undici';
import {
  ANONYMOUS_MAX_ZOOM,
  SOURCE_GROUPS,
  sourceGroup,
  type SourceGroup,
  type TileAddress,
  type TileSource,
} from '../catalog/index.js';
import { untilAborted } from '../common/abort.js';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import type { CookieKeeper, VersionedCookies } from '../cookie-store/index.js';
import type { Metrics, UpstreamStatus } from '../metrics/index.js';
import { AnonymousSources, NO_ANSWER, type AnonymousTarget } from './anonymous-sources.js';
import { hostOf, type Host } from './host.js';
import { fetchTile, MAX_TILE_BYTES, type TileResponse } from './tile-fetch.js';
import { authenticatedTilePath } from './tile-url.js';
import { SourceHealth } from './source-health.js';
import { UpstreamError } from './upstream-error.js';
import { queueIssue, type UpstreamIssue } from './upstream-issue.js';
import { WORLD_TILE } from './world-tile.js';

/** A cached tile that the upstream can revalidate. */
export interface HeldTile {
  readonly source: TileSource;
  readonly etag: string | undefined;
  readonly hasHeat: boolean;
}

/** `doubtful`: an empty tile of an upstream that has no tile at all. */
export type UpstreamTile = TileResponse & { readonly source: TileSource; readonly doubtful?: true };

/** One attempt to get a tile; `probe`: it is also sent during a pause. */
interface Fetching {
  readonly held: HeldTile | undefined;
  readonly signal: AbortSignal;
  readonly probe: boolean;
}

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
  readonly log: Log;
  readonly dispatcher?: Dispatcher;
}

/** Attempts per tile; every retry needs cookies from a fresh refresh. */
const MAX_ATTEMPTS = 3;
/** Share of the timeout for a source of anonymous tiles if another one follows, or if it failed before. */
const SOURCE_TIMEOUT_RATIO = 0.25;
/** Share of the queue from which health reports an issue: clients wait long, and the next requests get 503. */
const QUEUE_WARNING_RATIO = 0.8;

export class UpstreamClient {
  private readonly queue: PQueue;
  private readonly dispatcher: Dispatcher;
  private readonly tilesHost: Host;
  private readonly anonymous: AnonymousSources;
  /** Both anonymous sources pause together: a limit of one is no reason to load the other. */
  private readonly health: Readonly<Record<SourceGroup, SourceHealth>>;
  private worldCheck: Promise<void> | undefined;

  constructor(private readonly options: UpstreamOptions) {
    const { maxConcurrency, timeoutMs, metrics } = options;
    this.tilesHost = hostOf(options.tilesUrl);
    this.anonymous = new AnonymousSources(options);
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
    const healthOf = (group: SourceGroup) =>
      new SourceHealth({
        ...options,
        group,
        isUsed: () => this.groupInUse === group,
        probe: () => this.checkWorld(),
      });
    this.health = { authenticated: healthOf('authenticated'), anonymous: healthOf('anonymous') };
    metrics.watchUpstream(() => ({
      inFlight: this.queue.pending,
      queued: this.queue.size,
      issue: this.issue?.kind,
      pauseMs: (group) => this.health[group].pause.leftMs,
    }));
  }

  async close(): Promise<void> {
    for (const group of SOURCE_GROUPS) this.health[group].stop();
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
          return this.fetchNow(address, { held, signal: ended.signal, probe: false });
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

  /** URL of the anonymous tile; undefined beyond its zoom levels, and while no source is known to answer. */
  anonymousUrl(address: TileAddress): string | undefined {
    return hasAnonymous(address) ? this.anonymous.url(address) : undefined;
  }

  /** Set while the source in use has an issue, or requests are queued to near the limit. */
  get issue(): UpstreamIssue | undefined {
    const { maxConcurrency, maxQueue } = this.options;
    const { pending, size } = this.queue;
    const isQueueFull = pending >= maxConcurrency && size >= QUEUE_WARNING_RATIO * maxQueue;
    return this.health[this.groupInUse].issue ?? (isQueueFull ? queueIssue(size, maxQueue) : undefined);
  }

  /** Where tiles come from at present. */
  private get groupInUse(): SourceGroup {
    return this.options.cookies.current() ? 'authenticated' : 'anonymous';
  }

  /** Requests the world tile, also during a pause; single flight. Its outcome counts for the health of its source. */
  private checkWorld(): Promise<void> {
    this.worldCheck ??= this.requestWorld().finally(() => {
      this.worldCheck = undefined;
    });
    return this.worldCheck;
  }

  private async requestWorld(): Promise<void> {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(TIMEOUT), this.options.timeoutMs);
    try {
      await this.tile(WORLD_TILE, { held: undefined, signal: ended.signal, probe: true });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async fetchNow(address: TileAddress, fetching: Fetching): Promise<UpstreamTile> {
    const tile = await this.tile(address, fetching);
    if (tile.kind !== 'empty') return tile;
    const group = sourceGroup(tile.source);
    const health = this.health[group];
    if (health.doubts(fetching.held?.hasHeat ?? false)) {
      await untilAborted(this.checkWorld(), fetching.signal);
      // The check may have found the other anonymous source.
      if (group === 'anonymous' && !health.isBlank) return this.tile(address, fetching);
    }
    return health.isBlank ? { ...tile, doubtful: true } : tile;
  }

  private async tile(address: TileAddress, fetching: Fetching): Promise<UpstreamTile> {
    const { cookies } = this.options;
    const { signal } = fetching;
    let issued = cookies.current() ?? (await untilAborted(cookies.obtain(), signal));
    let refusal: UpstreamError | undefined;
    for (let attempt = 1; issued; attempt++) {
      const tile = await this.authenticated(address, fetching, issued);
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
    if (!hasAnonymous(address)) throw this.noCookies(refusal?.upstreamStatus);
    return this.anonymousTile(address, fetching);
  }

  /** The tile from a source that needs no cookies. */
  private async anonymousTile(address: TileAddress, fetching: Fetching): Promise<UpstreamTile> {
    const health = this.health.anonymous;
    try {
      const tile = await this.anonymous.fetch(address, fetching.signal, (target, limited) =>
        this.askAnonymous(target, address, fetching, limited),
      );
      health.answered(address, tile, fetching.probe);
      return tile;
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'needs_cookies') {
        health.reached(fetching.probe);
        throw this.noCookies(error.upstreamStatus);
      }
      if (error instanceof UpstreamError && this.anonymous.fail) health.failed(error, true);
      throw error;
    }
  }

  private async askAnonymous(
    target: AnonymousTarget,
    address: TileAddress,
    fetching: Fetching,
    limited: boolean,
  ): Promise<UpstreamTile> {
    if (!limited) return this.request(address, fetching, target);
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(TIMEOUT), this.options.timeoutMs * SOURCE_TIMEOUT_RATIO);
    try {
      const signal = AbortSignal.any([fetching.signal, ended.signal]);
      return await this.request(address, { ...fetching, signal }, target);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves with the error when the upstream refuses the cookies; other errors are thrown. */
  private async authenticated(
    address: TileAddress,
    fetching: Fetching,
    issued: VersionedCookies,
  ): Promise<UpstreamTile | UpstreamError> {
    const health = this.health.authenticated;
    try {
      const tile = await this.request(address, fetching, {
        source: 'authenticated',
        host: this.tilesHost,
        path: authenticatedTilePath(address, this.options.tilesVersion),
        cookie: issued.header.reveal(),
      });
      health.answered(address, tile, fetching.probe);
      return tile;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      if (NO_ANSWER.includes(error.kind)) health.failed(error);
      if (error.kind !== 'refused') throw error;
      health.reached(fetching.probe);
      return error;
    }
  }

  private async request(
    address: TileAddress,
    { held, signal, probe }: Fetching,
    target: {
      readonly source: TileSource;
      readonly host: Host;
      readonly path: string;
      readonly cookie?: string;
    },
  ): Promise<UpstreamTile> {
    const { clock, metrics } = this.options;
    const { source } = target;
    const group = sourceGroup(source);
    const { pause } = this.health[group];
    if (pause.leftMs > 0 && !probe)
      throw new UpstreamError('throttled', 'The upstream asked for a pause.', Math.ceil(pause.leftMs / 1000));
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
        if (error.kind === 'throttled') throw this.throttled(group, error);
        // The upstream may close a kept-alive connection just as it is reused; one retry on a new connection is safe.
        if (error.kind !== 'connection' || status !== 'error' || attempt > 1 || signal.aborted) throw error;
      } finally {
        metrics.upstreamRequest(group, status, (performance.now() - begun) / 1000);
      }
    }
  }

  /** Starts the pause, and returns the error with its length. */
  private throttled(group: SourceGroup, error: UpstreamError): UpstreamError {
    const health = this.health[group];
    health.throttled(error);
    const seconds = Math.ceil(health.pause.leftMs / 1000);
    return new UpstreamError(error.kind, error.detail, seconds, error.upstreamStatus);
  }

  private noCookies(upstreamStatus: number | undefined): UpstreamError {
    const { state, reason, action, retryAfterSeconds } = this.options.cookies.status();
    switch (state) {
      case 'anonymous':
        return new UpstreamError('needs_cookies', `This zoom level needs Strava cookies: ${action}.`);
      case 'unreadable':
        return new UpstreamError(
          'cookies_unavailable',
          `This zoom level needs Strava cookies, but ${reason}. To fix it, ${action}.`,
          60,
        );
      case 'session_rejected':
        return new UpstreamError(
          'session_rejected',
          `The Strava session has ended: ${reason}. To fix it, ${action}.`,
          60,
          upstreamStatus,
        );
      case 'onboarding':
        return new UpstreamError(
          'session_rejected',
          `The Strava session gives no access yet: ${reason}. To fix it, ${action}.`,
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

function hasAnonymous({ z, size }: TileAddress): boolean {
  return z <= ANONYMOUS_MAX_ZOOM[size];
}

const TIMEOUT = new UpstreamError('timeout', 'The upstream did not respond in time.');
const OVERLOADED = new UpstreamError('overloaded', 'The queue of upstream requests is full.', 2);
const CANCELLED = new UpstreamError('cancelled', 'No client waits for this tile any more.');
