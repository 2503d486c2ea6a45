/** The one rule for newer signed cookies. Pure. */
import type { SignedCookies } from './signed-cookies.js';

export interface SupersedesOptions {
  /**
   * Whether `candidate` also wins with the same expiry. Set it where `candidate` is known to have been issued later, by a
   * refresh: Strava may issue two sets that expire in the same second. Leave it out where the order is unknown.
   */
  readonly withSameExpiry?: boolean;
}

/** Whether `candidate` replaces `current`: it is another set, and expires later. Sets have no version but their expiry. */
export function supersedes(
  candidate: SignedCookies | undefined,
  current: SignedCookies | undefined,
  { withSameExpiry = false }: SupersedesOptions = {},
): boolean {
  if (!candidate) return false;
  if (!current) return true;
  if (candidate.header.reveal() === current.header.reveal()) return false;
  return withSameExpiry ? candidate.expiresAt >= current.expiresAt : candidate.expiresAt > current.expiresAt;
}
