/** Rate limits, which all replicas count together if there is Redis. */
import type { FastifyReply } from 'fastify';
import { AccessDenied } from '../access/index.js';
import type { RedisConnection } from '../redis/index.js';
import type { LimitSubject } from '../request-context.js';
import { RequestCounts, type Limit } from './request-counts.js';
import { SharedCounts } from './shared-counts.js';

export class RateLimits {
  private readonly counts: RequestCounts;

  /** `redis` undefined counts in this process alone. */
  constructor(redis: RedisConnection | undefined) {
    this.counts = new RequestCounts(redis && new SharedCounts(redis));
  }

  /**
   * Counts a request for `subject` and sets the `RateLimit-*` headers (of several limits, those with the least
   * remaining). Throws {@link AccessDenied} beyond the limit.
   */
  take(reply: FastifyReply, subject: LimitSubject, limit: Limit): void {
    const { isExceeded, remaining, resetSeconds } = this.counts.take(subject, limit);
    const said = reply.getHeader('ratelimit-remaining');
    if (said === undefined || remaining < Number(said))
      void reply
        .header('ratelimit-limit', limit.max)
        .header('ratelimit-remaining', remaining)
        .header('ratelimit-reset', resetSeconds);
    if (isExceeded) throw new AccessDenied('rate_limited', { retryAfterSeconds: resetSeconds });
  }
}
