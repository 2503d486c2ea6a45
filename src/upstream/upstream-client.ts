/** Tiles from the upstream: politely, within a deadline, with cookies where they belong, and once more after a refresh. */
import PQueue from 'p-queue';
import { Agent, type Dispatcher } from 'undici';
import { ANONYMOUS_MAX_ZOOM, type TileAddress } from '../catalog/index.js';
import { untilAborted } from '../common/abort.js';
import type { Clock } from '../common/clock.js';
import type { CookieKeeper, VersionedCookies } from '../cookie-store/index.js';
import type { Metrics, TileSource, UpstreamStatus } from '../metrics/index.js';
import { fetchTile, MAX_TILE_BYTES, type TileResponse } from './tile-fetch.js';
import { anonymousTilePath, authenticatedTilePath } from './tile-url.js';
import { UpstreamError } from './upstream-error.js';

/** A tile that is held already and may still be the upstream's newest. */
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
  /** Deadline of one tile: waiting for a turn, a refresh and the second try included. */
  readonly timeoutMs: number;
  readonly cookies: CookieKeeper;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly dispatcher?: Dispatcher;
}

/** Tries of one tile, the last two only with cookies that a refresh has just brought. */
const MAX_TRIES = 3;

export class UpstreamClient {
  private readonly queue: PQueue;
  private readonly dispatcher: Dispatcher;
  /** Until when each source asked to be left alone, in milliseconds since the epoch. */
  private readonly pausedUntil: Record<TileSource, number> = { authenticated: 0, anonymous: 0 };

  constructor(private readonly options: UpstreamOptions) {
    const { maxConcurrency, timeoutMs, metrics } = options;
    this.queue = new PQueue({ concurrency: maxConcurrency });
    this.dispatcher =
      options.dispatcher ??
      new Agent({
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

  /** The tile of `address`; throws an {@link UpstreamError}. `signal` tells that nobody waits for it any more. */
  async fetch(address: TileAddress, held: HeldTile | undefined, signal: AbortSignal): Promise<UpstreamTile> {
    const { maxConcurrency, maxQueue } = this.options;
    const ended = new AbortController();
    let started = false;
    const timer = setTimeout(() => ended.abort(started ? LATE : OVERLOADED), this.options.timeoutMs);
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

  /** Absolute address of a tile at the anonymous host, or undefined when it does not have the level. */
  anonymousUrl(address: TileAddress): string | undefined {
    if (address.z > ANONYMOUS_MAX_ZOOM[address.size]) return undefined;
    const urls = this.options.anonymousTilesUrls;
    return urls[(address.x + address.y) % urls.length]! + anonymousTilePath(address);
  }

  private async fetchNow(
    address: TileAddress,
    held: HeldTile | undefined,
    signal: AbortSignal,
  ): Promise<UpstreamTile> {
    const { cookies } = this.options;
    let issued = cookies.current() ?? (await untilAborted(cookies.obtain(), signal));
    let refusal: UpstreamError | undefined;
    for (let tries = 1; issued; tries++) {
      const tile = await this.authenticated(address, held, issued, signal);
      if (!(tile instanceof UpstreamError)) {
        cookies.confirm(issued.generation, { afterRenewal: tries > 1 });
        return tile;
      }
      refusal = tile;
      // Cookies that just opened another tile were revoked since and deserve one more refresh; others do not.
      if (tries === MAX_TRIES || (tries > 1 && !cookies.wasAccepted(issued.generation))) {
        cookies.reportUselessRefresh(issued.generation);
        break;
      }
      issued = await untilAborted(cookies.renew(issued.generation), signal);
    }
    const url = this.anonymousUrl(address);
    if (url !== undefined) return this.request('anonymous', address, held, signal, { url });
    throw this.noCookies(refusal?.upstreamStatus);
  }

  /** The error itself when the cookies are refused. */
  private async authenticated(
    address: TileAddress,
    held: HeldTile | undefined,
    issued: VersionedCookies,
    signal: AbortSignal,
  ): Promise<UpstreamTile | UpstreamError> {
    const { tilesUrl, tilesVersion } = this.options;
    try {
      return await this.request('authenticated', address, held, signal, {
        url: tilesUrl + authenticatedTilePath(address, tilesVersion),
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
    target: { readonly url: string; readonly cookie?: string },
  ): Promise<UpstreamTile> {
    const { clock, metrics } = this.options;
    const pause = this.pausedUntil[source] - clock.now();
    if (pause > 0)
      throw new UpstreamError('throttled', 'The upstream asked to wait.', Math.ceil(pause / 1000));
    const { origin, pathname, search } = new URL(target.url);
    const request = {
      origin,
      path: pathname + search,
      size: address.size,
      cookie: target.cookie,
      etag: held?.source === source ? held.etag : undefined,
      signal,
      now: () => clock.now(),
    };
    for (let tries = 1; ; tries++) {
      const begun = performance.now();
      let status: UpstreamStatus = 'error';
      try {
        const answer = await fetchTile(this.dispatcher, request, (code) => {
          status = code;
        });
        return { ...answer, source };
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.kind === 'cancelled') status = 'cancelled';
        if (error.kind === 'throttled')
          this.pausedUntil[source] = clock.now() + (error.retryAfterSeconds ?? 0) * 1000;
        // A kept-alive connection may be closed just as it is used again; that says nothing of the upstream.
        if (error.kind !== 'connection' || status !== 'error' || tries > 1 || signal.aborted) throw error;
      } finally {
        metrics.upstreamRequest(source, status, (performance.now() - begun) / 1000);
      }
    }
  }

  private noCookies(upstreamStatus: number | undefined): UpstreamError {
    const { state, reason, action, retryAfterSeconds } = this.options.cookies.status();
    switch (state) {
      case 'anonymous':
        return new UpstreamError('needs_cookies', `This level needs Strava cookies: ${action}.`);
      case 'session_rejected':
        return new UpstreamError(
          'session_rejected',
          `The Strava session has ended: ${reason}. To do: ${action}.`,
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
          'The upstream refuses this tile, also with fresh cookies.',
          10,
          upstreamStatus,
        );
    }
  }
}

const LATE = new UpstreamError('timeout', 'The upstream did not answer in time.');
const OVERLOADED = new UpstreamError('overloaded', 'Too many tiles wait for the upstream.', 2);
const CANCELLED = new UpstreamError('cancelled', 'Nobody waits for this tile any more.');
