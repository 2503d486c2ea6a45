/**
 * The two sources of tiles that need no cookies: the current one, and the old one while the current one does not answer.
 * docs/adr/0012-two-sources-of-anonymous-tiles.md says which responses count as an answer.
 */
import type { TileAddress, TileSource } from '../catalog/index.js';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import { hostOf, type Host } from './host.js';
import { SourceState } from './source-state.js';
import type { TileResponse } from './tile-fetch.js';
import { anonymousTilePath, oldAnonymousTilePath } from './tile-url.js';
import { isWorldTile } from './health/world-tile.js';
import { UpstreamError, type UpstreamErrorKind } from './upstream-error.js';

export interface AnonymousTarget {
  readonly source: TileSource;
  readonly host: Host;
  readonly path: string;
}

export interface AnonymousSourcesOptions {
  readonly tilesUrl: string;
  readonly tilesVersion: number;
  readonly anonymousTilesUrls: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** One request. `limited`: within a share of the deadline, so that the tile does not wait for a source that does not answer. */
type Ask<T> = (target: AnonymousTarget, limited: boolean) => Promise<T>;

interface Source {
  readonly title: string;
  readonly state: SourceState;
  readonly targetOf: (address: TileAddress) => AnonymousTarget;
}

/** The source cannot be reached, or something else than the tile host responds. */
export const NO_ANSWER: readonly UpstreamErrorKind[] = [
  'timeout',
  'connection',
  'server_error',
  'bad_response',
  'refused',
];
/** An answer that concerns this tile only. */
const NOT_THIS_TILE: readonly UpstreamErrorKind[] = ['needs_cookies', 'unknown_sport'];
/** The last response of a source shows for this time whether the source answers. */
const RECENT_MS = 600_000;

export class AnonymousSources {
  private readonly current: Source;
  private readonly old: Source;

  constructor(private readonly options: AnonymousSourcesOptions) {
    const { tilesUrl, tilesVersion, anonymousTilesUrls, clock, random = Math.random } = options;
    const host = hostOf(tilesUrl);
    const oldHosts = anonymousTilesUrls.map(hostOf);
    this.current = {
      title: 'current',
      state: new SourceState(clock, random),
      targetOf: (address) => ({ source: 'anonymous', host, path: anonymousTilePath(address, tilesVersion) }),
    };
    this.old = {
      title: 'old',
      state: new SourceState(clock, random),
      targetOf: (address) => ({
        source: 'old_anonymous',
        host: oldHosts[(address.x + address.y) % oldHosts.length]!,
        path: oldAnonymousTilePath(address),
      }),
    };
  }

  /** The tile from the first source that has an answer. Throws an {@link UpstreamError}. `signal` is that of the requests. */
  async fetch<T extends TileResponse>(address: TileAddress, signal: AbortSignal, ask: Ask<T>): Promise<T> {
    const sources = this.order(address);
    let failure: UpstreamError | undefined;
    let unconfirmed: { readonly source: Source; readonly tile: T } | undefined;
    for (const [index, source] of sources.entries()) {
      const isLast = index === sources.length - 1;
      const limited = !isLast || (source.state.fails && !failure);
      try {
        const tile = await ask(source.targetOf(address), limited);
        // The 404 of a source that has given no tile yet, and that of the world tile, may come from a server without tiles.
        if (tile.kind === 'empty' && (!source.state.hasGivenTile || isWorldTile(address)) && !isLast) {
          unconfirmed = { source, tile };
          continue;
        }
        this.answered(source, tile);
        if (unconfirmed && tile.kind === 'tile') this.failed(unconfirmed.source, 'It has no such tile.');
        return tile;
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        const { kind, detail } = error;
        if (NO_ANSWER.includes(kind)) this.failed(source, detail);
        else if (!NOT_THIS_TILE.includes(kind)) throw error;
        if (signal.aborted) throw error;
        if (!failure || NO_ANSWER.includes(kind)) failure = error;
      }
    }
    if (unconfirmed) return unconfirmed.tile;
    throw withAdvice(failure!, sources.length > 1);
  }

  /** URL for a redirect; undefined unless the source has answered recently, so that a request of the gateway has to check it. */
  url(address: TileAddress): string | undefined {
    const { current, old } = this;
    const source = current.state.fails && hasOldSource(address) ? old : current;
    if (current.state.mayBeTried || !source.state.answeredWithin(RECENT_MS)) return undefined;
    const { host, path } = source.targetOf(address);
    return host.origin + host.prefix + path;
  }

  /** Whether both sources have failed. */
  get fail(): boolean {
    return this.current.state.fails && this.old.state.fails;
  }

  /** Sources that failed and are not asked first until their pause has passed. */
  get failing(): readonly TileSource[] {
    const sources = { anonymous: this.current, old_anonymous: this.old } as const;
    return (['anonymous', 'old_anonymous'] as const).filter((name) => sources[name].state.fails);
  }

  /** The sources for a tile, in the order in which they are asked. */
  private order(address: TileAddress): readonly Source[] {
    const { current, old } = this;
    if (!hasOldSource(address)) return [current];
    if (!current.state.fails) return [current, old];
    if (!current.state.mayBeTried) return [old, current];
    current.state.pause();
    return [current, old];
  }

  private answered({ title, state }: Source, { kind }: TileResponse): void {
    if (state.fails) this.options.log.info({ source: title }, 'the source of anonymous tiles answers again');
    state.answered();
    if (kind !== 'empty') state.hasGivenTile = true;
  }

  private failed({ title, state }: Source, problem: string): void {
    if (!state.fails)
      this.options.log.warn({ source: title, problem }, 'the source of anonymous tiles does not answer');
    state.failed();
  }
}

/** The old source has no tiles of 1024 px. */
function hasOldSource({ size }: TileAddress): boolean {
  return size !== 1024;
}

function withAdvice(
  { kind, detail, retryAfterSeconds, upstreamStatus, code }: UpstreamError,
  bothAsked: boolean,
): UpstreamError {
  const advice = bothAsked
    ? 'Neither source of anonymous tiles has this tile at present; retry later or add Strava cookies.'
    : 'Without Strava cookies, only one source has tiles of 1024 px; request 256 px or 512 px, or add Strava cookies.';
  return new UpstreamError(kind, `${detail} ${advice}`, retryAfterSeconds, upstreamStatus, code);
}
