/** Rate limits, counted in this process, or in Redis for all replicas. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied } from '../access/index.js';
import type { Log } from '../common/log.js';
import type { RedisConnection } from '../redis/index.js';
import type { LimitSubject } from '../request-context.js';

export interface Limit {
  /** Requests in each window. */
  readonly max: number;
  /** Length of the window in seconds. */
  readonly seconds: number;
}

type Count = ReturnType<FastifyInstance['createRateLimit']>;

/** Subjects in memory; the least recently used one is evicted first. */
const SUBJECTS = 20_000;

export class RateLimits {
  private readonly counts = new Map<string, Count>();

  private constructor(
    private readonly fastify: FastifyInstance,
    private readonly redis: RedisConnection | undefined,
    private readonly log: Log,
  ) {}

  /** `redis` undefined counts in memory. */
  static async install(
    fastify: FastifyInstance,
    redis: RedisConnection | undefined,
    log: Log,
  ): Promise<RateLimits> {
    await fastify.register(rateLimit, {
      global: false,
      cache: SUBJECTS,
      ...(redis && { redis: redis.client, nameSpace: 'heatmap:limit:' }),
    });
    return new RateLimits(fastify, redis, log);
  }

  /**
   * Counts the request for `subject` and sets the `RateLimit-*` headers (of several limits, those with the least
   * remaining). Throws {@link AccessDenied} beyond the limit. Without a connection to Redis, every request passes.
   */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
    subject: LimitSubject,
    limit: Limit,
  ): Promise<void> {
    if (this.redis && !this.redis.available) return;
    let taken: Awaited<ReturnType<Count>>;
    try {
      request.limitSubject = subject;
      taken = await this.count(limit)(request);
    } catch (error) {
      this.redis?.failed();
      this.log.warn(
        { problem: (error as Error).message },
        'Redis cannot count requests; rate limits are off for now',
      );
      return;
    }
    if (taken.isAllowed) return;
    const seconds = Math.max(1, taken.ttlInSeconds);
    const said = reply.getHeader('ratelimit-remaining');
    if (said === undefined || taken.remaining < Number(said))
      void reply
        .header('ratelimit-limit', taken.max)
        .header('ratelimit-remaining', taken.remaining)
        .header('ratelimit-reset', seconds);
    if (taken.isExceeded) throw new AccessDenied('rate_limited', { retryAfterSeconds: seconds });
  }

  private count({ max, seconds }: Limit): Count {
    const name = `${max}/${seconds}`;
    let count = this.counts.get(name);
    if (!count) {
      count = this.fastify.createRateLimit({
        max,
        timeWindow: seconds * 1000,
        keyGenerator: ({ limitSubject }) => `${limitSubject}/${name}`,
      });
      this.counts.set(name, count);
    }
    return count;
  }
}
