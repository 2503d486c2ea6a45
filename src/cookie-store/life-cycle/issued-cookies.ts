/** The signed cookies that tile requests are sent with, and what the tile host has answered to them. Pure. */
import type { SignedCookies } from '../../strava-cookies/index.js';

/** Signed cookies with a generation, which grows with each new set. */
export interface VersionedCookies extends SignedCookies {
  readonly generation: number;
}

export interface IssuedCookies {
  /** The newest set, usable or not. */
  readonly newest: VersionedCookies | undefined;
  /** Highest generation that the tile host has accepted. */
  readonly accepted: number;
  /** Generation that is no longer sent: the tile host refused it, and there was no newer one. */
  readonly withdrawn: number;
  /** Newest generation reported as useless. Many tiles report the same refresh, which counts once. */
  readonly useless: number;
}

export const NONE_ISSUED: IssuedCookies = { newest: undefined, accepted: 0, withdrawn: 0, useless: 0 };

export function issue(issued: IssuedCookies, signed: SignedCookies): IssuedCookies {
  return { ...issued, newest: { ...signed, generation: (issued.newest?.generation ?? 0) + 1 } };
}

/** The newest set if it has neither expired nor been withdrawn. */
export function usable({ newest, withdrawn }: IssuedCookies, now: number): VersionedCookies | undefined {
  return newest && newest.generation !== withdrawn && newest.expiresAt > now ? newest : undefined;
}

export function wasAccepted({ accepted }: IssuedCookies, generation: number): boolean {
  return generation <= accepted;
}
