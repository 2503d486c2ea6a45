/** Fetches tiles upstream: bounded parallelism and a fair queue, one deadline per tile, signed cookies, one refresh and retry. */
import type { Dispatcher } from 'undici';
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
import type { Metrics } from '../metrics/index.js';
import { AnonymousSources, NO_ANSWER, type AnonymousTarget } from './anonymous-sources.js';
import { FairQueue, OVERLOADED } from './fair-queue.js';
import { hostOf, type Host } from './host.js';
import { noCookiesError } from './no-cookies-error.js';
import { SourceRequests, type Fetching, type HeldTile, type UpstreamTile } from './source-requests.js';
import { authenticatedTilePath } from './tile-url.js';
import { SourceHealth } from './health/source-health.js';
import { UpstreamError } from './upstream-error.js';
import { queueIssue, type UpstreamIssue } from './health/upstream-issue.js';
import { WORLD_TILE } from './health/world-tile.js';
import type { Waiters } from './waiters.js';

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
  private readonly queue: FairQueue;
  private readonly requests: SourceRequests;
  private readonly tilesHost: Host;
  private readonly anonymous: AnonymousSources;
  /** Both anonymous sources pause together: a limit of one is no reason to load the other. */
  private readonly health: Readonly<Record<SourceGroup, SourceHealth>>;
  private worldCheck: Promise<void> | undefined;
  /** Whether the queue has refused a tile since it was empty. */
  private isOverloaded = false;

  constructor(private readonly options: UpstreamOptions) {
    const { maxConcurrency, maxQueue, metrics } = options;
    this.tilesHost = hostOf(options.tilesUrl);
    this.anonymous = new AnonymousSources(options);
    this.queue = new FairQueue(maxConcurrency, maxQueue);
    const healthOf = (group: SourceGroup) =>
      new SourceHealth({
        ...options,
        group,
        isUsed: () => this.groupInUse === group,
        probe: () => this.checkWorld(),
      });
    this.health = { authenticated: healthOf('authenticated'), anonymous: healthOf('anonymous') };
    this.requests = new SourceRequests(options, this.health);
    metrics.watchUpstream(() => ({
      inFlight: this.queue.running,
      queued: this.queue.queued,
      issue: this.issue?.kind,
      pauseMs: (group) => this.health[group].pause.leftMs,
      failing: this.failingSources,
    }));
  }

  async close(): Promise<void> {
    for (const group of SOURCE_GROUPS) this.health[group].stop();
    await this.requests.close();
  }

  /** The tile at `address`, unless all `waiters` leave before it is there. Throws an {@link UpstreamError}. */
  async fetch(address: TileAddress, held: HeldTile | undefined, waiters: Waiters): Promise<UpstreamTile> {
    const ended = new AbortController();
    let started = false;
    const timer = setTimeout(() => ended.abort(started ? TIMEOUT : OVERLOADED), this.options.timeoutMs);
    const cancel = () => ended.abort(CANCELLED);
    if (waiters.signal.aborted) cancel();
    waiters.signal.addEventListener('abort', cancel, { once: true });
    try {
      return await this.queue.run(waiters, ended.signal, () => {
        started = true;
        return this.fetchNow(address, { held, signal: ended.signal, probe: false });
      });
    } catch (error) {
      if (error instanceof UpstreamError && error.kind !== 'cancelled')
        this.options.metrics.upstreamFailure(error.kind);
      if (error === OVERLOADED) this.reportOverload();
      throw error;
    } finally {
      clearTimeout(timer);
      waiters.signal.removeEventListener('abort', cancel);
      if (this.queue.queued === 0) this.reportRecovery();
    }
  }

  private reportOverload(): void {
    const { queued, running } = this.queue;
    if (!this.isOverloaded)
      this.options.log.warn(
        { queued, running },
        'tiles wait too long for the upstream or find its queue full',
      );
    this.isOverloaded = true;
  }

  private reportRecovery(): void {
    if (this.isOverloaded) this.options.log.info({}, 'the upstream queue is empty again');
    this.isOverloaded = false;
  }

  /** URL of the anonymous tile; undefined beyond its zoom levels, and while no source is known to answer. */
  anonymousUrl(address: TileAddress): string | undefined {
    return hasAnonymous(address) ? this.anonymous.url(address) : undefined;
  }

  /** Set while the source in use has an issue, or requests are queued to near the limit. */
  get issue(): UpstreamIssue | undefined {
    const { maxQueue } = this.options;
    const { isBusy, queued } = this.queue;
    const isQueueFull = isBusy && queued >= QUEUE_WARNING_RATIO * maxQueue;
    return this.health[this.groupInUse].issue ?? (isQueueFull ? queueIssue(queued, maxQueue) : undefined);
  }

  /** Sources of anonymous tiles that do not answer: the other one is asked first. */
  get failingSources(): readonly TileSource[] {
    return this.anonymous.failing;
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
    if (!hasAnonymous(address)) throw noCookiesError(cookies.status(), refusal?.upstreamStatus);
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
        throw noCookiesError(this.options.cookies.status(), error.upstreamStatus);
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
    if (!limited) return this.requests.send(address, fetching, target);
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(TIMEOUT), this.options.timeoutMs * SOURCE_TIMEOUT_RATIO);
    try {
      const signal = AbortSignal.any([fetching.signal, ended.signal]);
      return await this.requests.send(address, { ...fetching, signal }, target);
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
      const tile = await this.requests.send(address, fetching, {
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
}

function hasAnonymous({ z, size }: TileAddress): boolean {
  return z <= ANONYMOUS_MAX_ZOOM[size];
}

const TIMEOUT = new UpstreamError('timeout', 'The upstream did not respond in time.');
const CANCELLED = new UpstreamError('cancelled', 'No client waits for this tile any more.');
