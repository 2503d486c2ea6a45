/** Requests for single tiles, each to one source, with the pause that the source asks for. */
import { Agent, type Dispatcher } from 'undici';
import { sourceGroup, type SourceGroup, type TileAddress, type TileSource } from '../catalog/index.js';
import type { Clock } from '../common/clock.js';
import { connectPastContinue } from '../common/net/connect-past-continue.js';
import type { Metrics, UpstreamStatus } from '../metrics/index.js';
import type { Host } from './host.js';
import type { SourceHealth } from './health/source-health.js';
import { fetchTile, MAX_TILE_BYTES, type TileResponse } from './tile-fetch.js';
import { UpstreamError } from './upstream-error.js';

/** A cached tile that the upstream can revalidate. */
export interface HeldTile {
  readonly source: TileSource;
  readonly etag: string | undefined;
  readonly hasHeat: boolean;
}

/** `doubtful`: an empty tile of an upstream that has no tile at all. */
export type UpstreamTile = TileResponse & { readonly source: TileSource; readonly doubtful?: true };

/** One attempt to get a tile; `probe`: it is also sent during a pause. */
export interface Fetching {
  readonly held: HeldTile | undefined;
  readonly signal: AbortSignal;
  readonly probe: boolean;
}

/** The URL of a tile at a source. */
export interface SourceTarget {
  readonly source: TileSource;
  readonly host: Host;
  readonly path: string;
  readonly cookie?: string;
}

export interface SourceRequestsOptions {
  readonly maxConcurrency: number;
  readonly timeoutMs: number;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly dispatcher?: Dispatcher;
}

export class SourceRequests {
  private readonly dispatcher: Dispatcher;

  constructor(
    private readonly options: SourceRequestsOptions,
    private readonly health: Readonly<Record<SourceGroup, SourceHealth>>,
  ) {
    const { maxConcurrency, timeoutMs } = options;
    this.dispatcher =
      options.dispatcher ??
      new Agent({
        // Bounds sockets for each host; the queue bounds requests for all hosts. With the queue alone there are twice as many
        // sockets, because a request starts before the connection of the previous one is free. With this bound alone, each
        // request that is cancelled while it waits costs a connection.
        connections: maxConcurrency,
        keepAliveTimeout: 30_000,
        connect: connectPastContinue({ timeout: timeoutMs }),
        maxResponseSize: MAX_TILE_BYTES,
      });
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** The tile at `target`. Throws an {@link UpstreamError}; a throttled source pauses. */
  async send(
    address: TileAddress,
    { held, signal, probe }: Fetching,
    target: SourceTarget,
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
}
