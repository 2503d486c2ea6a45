/** The signed cookies that tiles are asked for with, and what the tile host has said of them. */
import type { Clock } from '../../common/clock.js';
import type { SignedCookies } from '../../strava-cookies/index.js';

/** Signed cookies as handed out; the generation grows with each new set. */
export interface VersionedCookies extends SignedCookies {
  readonly generation: number;
}

export class IssuedCookies {
  /** The newest, be they good or not. */
  newest: VersionedCookies | undefined;
  private generation = 0;
  /** Highest generation that the tile host has accepted. */
  private accepted = 0;
  /** Generation that is not handed out any more: refused, and no newer one could be had. */
  private withdrawn = 0;
  /** Newest generation that was reported fruitless: many tiles find that out of one refresh, and it counts once. */
  private fruitless = 0;

  constructor(private readonly clock: Clock) {}

  /** The newest while they are worth sending. */
  current(): VersionedCookies | undefined {
    const { newest } = this;
    if (!newest || newest.generation === this.withdrawn) return undefined;
    return newest.expiresAt > this.clock.now() ? newest : undefined;
  }

  issue(signed: SignedCookies): void {
    this.newest = { ...signed, generation: ++this.generation };
  }

  accept(generation: number): void {
    if (generation > this.accepted) this.accepted = generation;
  }

  wasAccepted(generation: number): boolean {
    return generation <= this.accepted;
  }

  withdraw(generation: number): void {
    this.withdrawn = generation;
  }

  /** Whether it is news that `generation`, as the newest, helps no tile. */
  markUseless(generation: number): boolean {
    if (this.newest?.generation !== generation || this.fruitless === generation) return false;
    this.fruitless = generation;
    return true;
  }
}
