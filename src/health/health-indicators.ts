/** What is out of order while tiles are served all the same: `/readyz` and `/health` say it in the same words. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { CookieKeeper } from '../cookie-store/index.js';
import { Metrics } from '../metrics/index.js';
import { REDIS, type RedisConnection } from '../redis/index.js';
import { SECONDARY_CACHES, type TileCache } from '../tile-cache/index.js';

export interface HealthIssue {
  readonly reason: string;
  /** What a person can do about it. */
  readonly action: string;
}

/** A part of the gateway; `trouble` is undefined while it is well. */
export interface Part {
  readonly name: 'cookies' | 'redis' | 'cache' | 'upstream';
  readonly trouble: HealthIssue | undefined;
}

/** Beyond this part of the queue, clients wait for longer than a map is fun, and will soon be turned away. */
const QUEUE_WARNING_RATIO = 0.8;

@Injectable()
export class HealthIndicators {
  constructor(
    private readonly cookies: CookieKeeper,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(REDIS) private readonly redis: RedisConnection | undefined,
    @Inject(SECONDARY_CACHES) private readonly caches: readonly TileCache[],
  ) {}

  /** Those that matter most first. */
  parts(): readonly Part[] {
    return [
      { name: 'cookies', trouble: this.cookiesTrouble() },
      ...(this.redis ? [{ name: 'redis', trouble: redisTrouble(this.redis) } as const] : []),
      { name: 'cache', trouble: this.cacheTrouble() },
      { name: 'upstream', trouble: this.upstreamTrouble() },
    ];
  }

  private cookiesTrouble(): HealthIssue | undefined {
    const { state, reason = '', action = '' } = this.cookies.status();
    return state === 'valid' || state === 'anonymous' ? undefined : { reason, action };
  }

  private cacheTrouble(): HealthIssue | undefined {
    const reason = this.caches.find(({ problem }) => problem !== undefined)?.problem;
    return reason === undefined
      ? undefined
      : { reason, action: 'look after the folder of TILE_CACHE_DIR and its disk' };
  }

  private upstreamTrouble(): HealthIssue | undefined {
    const { upstreamMaxConcurrency, upstreamMaxQueue } = this.config;
    const { inFlight, queued } = this.metrics.upstream();
    if (inFlight < upstreamMaxConcurrency || queued < QUEUE_WARNING_RATIO * upstreamMaxQueue)
      return undefined;
    return {
      reason: `${queued} tiles wait for the upstream, of ${upstreamMaxQueue} that may`,
      action: 'wait; if it lasts, look whether Strava is slow, or let fewer clients in',
    };
  }
}

function redisTrouble({ up }: RedisConnection): HealthIssue | undefined {
  if (up) return undefined;
  return {
    reason: 'Redis cannot be reached: this replica goes on alone, without what the others know',
    action: 'look after Redis; tiles are served meanwhile',
  };
}
