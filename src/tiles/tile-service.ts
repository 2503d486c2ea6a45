/** From an address to a tile: cache, one flight a tile, the upstream, and a stale tile when that fails. */
import { hash } from 'node:crypto';
import type { ZoomAvailability, TileAddress } from '../catalog/index.js';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import type { CookieKeeper, CookieStatus } from '../cookie-store/index.js';
import type { Metrics, TileOutcome } from '../metrics/index.js';
import type { CachedTile, MemoryTileCache, TileCache } from '../tile-cache/index.js';
import { UpstreamError, type UpstreamClient, type UpstreamTile } from '../upstream/index.js';

export interface ServedTile {
  readonly tile: CachedTile;
  readonly outcome: Exclude<TileOutcome, 'error'>;
  /** Status of the answer that the upstream gave for it; undefined when it was not asked, or did not answer. */
  readonly upstreamStatus?: number | undefined;
}

const STATUS_OF = { tile: 200, not_modified: 304, empty: 404 } as const;

interface Flight {
  readonly result: Promise<ServedTile>;
  readonly abandoned: AbortController;
  waiting: number;
}

export interface TileServiceOptions {
  readonly upstream: Pick<UpstreamClient, 'fetch' | 'anonymousUrl'>;
  readonly cache: MemoryTileCache;
  /** Caches outside the process, nearest first; asked only for what the memory does not have fresh. */
  readonly secondaryCaches: readonly TileCache[];
  readonly cookies: Pick<CookieKeeper, 'status' | 'current'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly ttlMs: number;
  /** Whether clients fetch anonymous tiles themselves. */
  readonly redirectAnonymous: boolean;
}

/** After a failure a stale tile is served at once for this long, so that not every client waits for the next failure. */
const STALE_RETRY_MS = 30_000;
/** A tile without heat may get some; it is asked for again within the hour. */
const EMPTY_TTL_MS = 3_600_000;

export class TileService {
  private readonly flights = new Map<string, Flight>();

  constructor(private readonly options: TileServiceOptions) {}

  /** Which levels exist for clients: without any cookies only the anonymous ones. */
  zoomAvailability(): ZoomAvailability {
    return this.options.cookies.status().state === 'anonymous' ? 'anonymous' : 'full';
  }

  /** Why not every level can be had at the moment, and what to do about it; both undefined when all is well. */
  availability(): Pick<CookieStatus, 'reason' | 'action'> {
    const { reason, action } = this.options.cookies.status();
    return { reason, action };
  }

  /** The tile if it is held and need not be asked for: the hot path, without a promise. */
  held(address: TileAddress): ServedTile | undefined {
    const tile = this.options.cache.get(address.key);
    if (!tile) return undefined;
    const now = this.options.clock.now();
    if (tile.freshUntil > now) return { tile, outcome: tile.body ? 'hit' : 'empty' };
    return tile.retryAt !== undefined && tile.retryAt > now ? { tile, outcome: 'stale' } : undefined;
  }

  /** Where a client finds the tile itself: at the anonymous host, while there are no valid cookies and that is wanted. */
  redirectFor(address: TileAddress): string | undefined {
    const { redirectAnonymous, cookies, upstream } = this.options;
    if (!redirectAnonymous || cookies.current()) return undefined;
    return upstream.anonymousUrl(address);
  }

  /**
   * The tile, from the upstream if need be; whoever asks for a tile that is under way waits for the same flight. An
   * aborted `signal` leaves the flight, and the last one to leave ends it. Throws an {@link UpstreamError}.
   */
  async get(address: TileAddress, signal: AbortSignal): Promise<ServedTile> {
    const held = this.held(address);
    if (held) return held;
    const joined = this.flights.get(address.key);
    const flight = joined ?? this.startFlight(address);
    flight.waiting++;
    const leave = () => {
      if (--flight.waiting > 0) return;
      flight.abandoned.abort();
      // Whoever comes now needs a flight of its own.
      if (this.flights.get(address.key) === flight) this.flights.delete(address.key);
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const served = await flight.result;
      return joined && served.outcome === 'miss' ? { ...served, outcome: 'coalesced' } : served;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private startFlight(address: TileAddress): Flight {
    const abandoned = new AbortController();
    const result = this.fetch(address, abandoned.signal).finally(() => {
      if (this.flights.get(address.key) === flight) this.flights.delete(address.key);
    });
    const flight: Flight = { result, abandoned, waiting: 0 };
    this.flights.set(address.key, flight);
    return flight;
  }

  private async fetch(address: TileAddress, signal: AbortSignal): Promise<ServedTile> {
    const { upstream, cache, secondaryCaches, clock, log } = this.options;
    const old = secondaryCaches.length > 0 ? await this.newest(address.key) : cache.get(address.key);
    if (old && old.freshUntil > clock.now()) return { tile: old, outcome: old.body ? 'hit' : 'empty' };
    let answer: UpstreamTile;
    try {
      answer = await upstream.fetch(address, old && { source: old.source, etag: old.upstreamEtag }, signal);
    } catch (error) {
      if (!old || !(error instanceof UpstreamError) || error.kind === 'cancelled') throw error;
      log.warn(
        { tile: address.key, kind: error.kind, problem: error.detail },
        'upstream failed; stale tile served',
      );
      const stale = { ...old, retryAt: clock.now() + STALE_RETRY_MS };
      cache.set(address.key, stale);
      return { tile: stale, outcome: 'stale', upstreamStatus: error.upstreamStatus };
    }
    const tile = this.keep(answer, old);
    cache.set(address.key, tile);
    for (const place of secondaryCaches) void place.set(address.key, tile);
    const outcome = !tile.body ? 'empty' : answer.source === 'anonymous' ? 'anonymous' : 'miss';
    return { tile, outcome, upstreamStatus: STATUS_OF[answer.kind] };
  }

  /** The newest that any cache has; what comes from further away is kept in memory from then on. */
  private async newest(key: string): Promise<CachedTile | undefined> {
    const { cache, secondaryCaches, clock, metrics } = this.options;
    let tile = cache.get(key);
    for (const place of secondaryCaches) {
      if (tile && tile.freshUntil > clock.now()) break;
      const found = await place.get(key);
      metrics.secondaryLookup(place.name, found ? 'hit' : 'miss');
      if (!found || found.freshUntil <= (tile?.freshUntil ?? 0)) continue;
      cache.set(key, found);
      tile = found;
    }
    return tile;
  }

  private keep(answer: UpstreamTile, old: CachedTile | undefined): CachedTile {
    const now = this.options.clock.now();
    const { source } = answer;
    if (answer.kind === 'not_modified' && old) {
      const { retryAt: _over, ...tile } = old;
      return { ...tile, freshUntil: now + this.options.ttlMs };
    }
    if (answer.kind !== 'tile')
      return {
        body: undefined,
        etag: '"empty"',
        lastModified: undefined,
        source,
        upstreamEtag: undefined,
        freshUntil: now + Math.min(this.options.ttlMs, EMPTY_TTL_MS),
      };
    return {
      body: answer.body,
      etag: `"${hash('sha1', answer.body, 'base64url')}"`,
      lastModified: httpDate(answer.lastModified),
      source,
      upstreamEtag: answer.etag,
      freshUntil: now + this.options.ttlMs,
    };
  }
}

/** A date in the one form of HTTP; undefined when the upstream's cannot be read. */
function httpDate(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toUTCString();
}
