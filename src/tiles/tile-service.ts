/** Serves tiles: cache, one shared upstream request per tile, and a stale tile when the upstream fails. */
import type { TileAddress, TileOutcome, ZoomAvailability } from '../catalog/index.js';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import type { CookieKeeper } from '../cookie-store/index.js';
import type { Metrics } from '../metrics/index.js';
import { etagOf, type CachedTile, type MemoryTileCache, type TileCache } from '../tile-cache/index.js';
import {
  UpstreamError,
  Waiters,
  type HeldTile,
  type UpstreamClient,
  type UpstreamTile,
  type WaitingClient,
} from '../upstream/index.js';
import { TileError } from './tile-error.js';

export interface ServedTile {
  readonly tile: CachedTile;
  readonly outcome: Exclude<TileOutcome, 'error'>;
  /** Status of the upstream's response; undefined when the upstream was not asked or did not respond. */
  readonly upstreamStatus?: number | undefined;
}

const STATUS_OF = { tile: 200, not_modified: 304, empty: 404 } as const;

interface Flight {
  readonly result: Promise<ServedTile>;
  readonly waiters: Waiters;
}

export interface TileServiceOptions {
  readonly upstream: Pick<UpstreamClient, 'fetch' | 'anonymousUrl'>;
  readonly cache: MemoryTileCache;
  /** Caches outside the process, nearest first; consulted when memory has no fresh tile. */
  readonly secondaryCaches: readonly TileCache[];
  readonly cookies: Pick<CookieKeeper, 'status' | 'current'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly ttlMs: number;
  /** Whether clients are redirected to the source of anonymous tiles. */
  readonly redirectAnonymous: boolean;
}

/** After an upstream failure, clients get the stale tile at once for this time instead of waiting for the next failure. */
const STALE_RETRY_MS = 30_000;
/** Empty tiles are revalidated earlier: heat may appear. */
const EMPTY_TTL_MS = 3_600_000;

export class TileService {
  private readonly flights = new Map<string, Flight>();

  constructor(private readonly options: TileServiceOptions) {}

  /** Zoom levels that clients can get: without cookies only the anonymous ones. */
  zoomAvailability(): ZoomAvailability {
    return ['anonymous', 'unreadable'].includes(this.options.cookies.status().state) ? 'anonymous' : 'full';
  }

  /** Whether there are signed cookies for tile requests. */
  hasCookies(): boolean {
    return this.options.cookies.current() !== undefined;
  }

  /** The tile from memory if it can be served without the upstream: the hot path, without a promise. */
  held(address: TileAddress): ServedTile | undefined {
    const tile = this.options.cache.get(address.key);
    if (!tile) return undefined;
    const { clock } = this.options;
    if (tile.freshUntil > clock.now()) return { tile, outcome: tile.body ? 'hit' : 'empty' };
    return tile.retryAt !== undefined && tile.retryAt > clock.elapsed()
      ? { tile, outcome: 'stale' }
      : undefined;
  }

  /** URL of the tile at a source of anonymous tiles, if redirects are on and there are no valid cookies. */
  redirectFor(address: TileAddress): string | undefined {
    const { redirectAnonymous, cookies, upstream } = this.options;
    if (!redirectAnonymous || cookies.current()) return undefined;
    return upstream.anonymousUrl(address);
  }

  /**
   * The tile, from the upstream if needed. Requests for the same tile share one flight. A client that disconnects leaves the
   * flight; when the last one leaves, the flight is cancelled. Throws a {@link TileError}.
   */
  async get(address: TileAddress, { subject, signal }: WaitingClient): Promise<ServedTile> {
    if (signal.aborted) throw CANCELLED;
    const held = this.held(address);
    if (held) return held;
    const joined = this.flights.get(address.key);
    joined?.waiters.join(subject);
    const flight = joined ?? this.startFlight(address, new Waiters(subject));
    const leave = () => {
      flight.waiters.leave(subject);
      // A later request starts a new flight.
      if (flight.waiters.signal.aborted) this.end(address, flight);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const served = await flight.result;
      return joined && served.outcome === 'miss' ? { ...served, outcome: 'coalesced' } : served;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private startFlight(address: TileAddress, waiters: Waiters): Flight {
    const result = this.fetch(address, waiters).finally(() => this.end(address, flight));
    const flight: Flight = { result, waiters };
    this.flights.set(address.key, flight);
    return flight;
  }

  private end({ key }: TileAddress, flight: Flight): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }

  private async fetch(address: TileAddress, waiters: Waiters): Promise<ServedTile> {
    const { upstream, cache, secondaryCaches, clock, log } = this.options;
    const old =
      secondaryCaches.length > 0 ? await this.newest(address.key, waiters.signal) : cache.get(address.key);
    if (waiters.signal.aborted) throw CANCELLED;
    if (old && old.freshUntil > clock.now()) return { tile: old, outcome: old.body ? 'hit' : 'empty' };
    let response: UpstreamTile;
    try {
      response = await upstream.fetch(address, old && heldTile(old), waiters);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const { kind, detail, retryAfterSeconds, upstreamStatus } = error;
      if (!old || kind === 'cancelled') throw new TileError(kind, detail, retryAfterSeconds, upstreamStatus);
      log.warn({ tile: address.key, kind, problem: detail }, 'the upstream failed; serving the stale tile');
      return this.stale(address, old, upstreamStatus);
    }
    if (response.doubtful && old?.body) return this.stale(address, old, STATUS_OF[response.kind]);
    const tile = this.cachedTile(response, old);
    cache.set(address.key, tile);
    if (!response.doubtful) for (const secondary of secondaryCaches) void secondary.set(address.key, tile);
    const outcome = !tile.body ? 'empty' : response.source === 'authenticated' ? 'miss' : 'anonymous';
    return { tile, outcome, upstreamStatus: STATUS_OF[response.kind] };
  }

  /** The tile that is cached, without another attempt for some time. */
  private stale(address: TileAddress, old: CachedTile, upstreamStatus: number | undefined): ServedTile {
    const tile = { ...old, retryAt: this.options.clock.elapsed() + STALE_RETRY_MS };
    this.options.cache.set(address.key, tile);
    return { tile, outcome: 'stale', upstreamStatus };
  }

  /** The newest tile of all caches; a tile from a secondary cache is copied to memory. Asks no further cache after an abort. */
  private async newest(key: string, signal: AbortSignal): Promise<CachedTile | undefined> {
    const { cache, secondaryCaches, clock, metrics } = this.options;
    let tile = cache.get(key);
    for (const secondary of secondaryCaches) {
      if (signal.aborted || (tile && tile.freshUntil > clock.now())) break;
      const found = await secondary.get(key);
      metrics.secondaryLookup(secondary.name, found ? 'hit' : 'miss');
      if (!found || found.freshUntil <= (tile?.freshUntil ?? 0)) continue;
      cache.set(key, found);
      tile = found;
    }
    return tile;
  }

  private cachedTile(response: UpstreamTile, old: CachedTile | undefined): CachedTile {
    const now = this.options.clock.now();
    const { source } = response;
    if (response.kind === 'not_modified' && old) {
      const { retryAt: _ended, ...tile } = old;
      return { ...tile, freshUntil: now + this.options.ttlMs };
    }
    if (response.kind !== 'tile')
      return {
        body: undefined,
        etag: etagOf(undefined),
        lastModified: undefined,
        source,
        upstreamEtag: undefined,
        freshUntil: now + Math.min(this.options.ttlMs, response.doubtful ? STALE_RETRY_MS : EMPTY_TTL_MS),
      };
    return {
      body: response.body,
      etag: etagOf(response.body),
      lastModified: httpDate(response.lastModified),
      source,
      upstreamEtag: response.etag,
      freshUntil: now + this.options.ttlMs,
    };
  }
}

const CANCELLED = new TileError('cancelled', 'The client has disconnected.');

function heldTile({ source, upstreamEtag: etag, body }: CachedTile): HeldTile {
  return { source, etag, hasHeat: body !== undefined };
}

/** An HTTP date (RFC 9110, 5.6.7); undefined when the upstream's date is invalid. */
function httpDate(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toUTCString();
}
