/** Which operations Redis fails to execute at the moment, for the log, the metrics and `/health`. */
import { ReplyError } from 'ioredis';
import type { HealthIssue } from '../common/health-signals.js';
import type { Log } from '../common/log.js';
import type { RedisErrorReason, RedisOperation } from '../metrics/index.js';
import { redisProblem, remedyFor } from './redis-problem.js';

/** An operation has recovered when it succeeds and the last error is this old, */
const QUIET_MS = 10_000;
/** or, if it is not attempted any more, after this time. */
const FORGET_MS = 60_000;
/** Interval between log lines about records that are not valid. */
const RECORD_LOG_MS = 60_000;

const PURPOSE: Record<RedisOperation, string> = {
  cookies: 'sharing cookies',
  rate_limit: 'counting requests',
  tile_read: 'reading tiles',
  tile_write: 'storing tiles',
};

interface Failing {
  readonly error: Error;
  /** On the monotonic clock. */
  readonly at: number;
}

export type CountError = (operation: RedisOperation, reason: RedisErrorReason) => void;

export class RedisOperations {
  private readonly failing = new Map<RedisOperation, Failing>();
  private readonly recordLogged = new Map<RedisOperation, number>();

  constructor(
    private readonly log: Log,
    private readonly count: CountError,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Logs the first error of several. */
  failed(operation: RedisOperation, error: Error): void {
    this.count(operation, isReply(error) ? 'refused' : 'no_reply');
    if (!this.failing.has(operation))
      this.log.warn({ operation, problem: redisProblem(error) }, 'Redis fails to execute an operation');
    this.failing.set(operation, { error, at: this.now() });
  }

  succeeded(operation: RedisOperation): void {
    if (this.failing.size > 0) this.endIfOlder(operation, QUIET_MS);
  }

  /** A record of another program or of a damaged Redis is replaced, so it is no issue. */
  foundInvalidRecord(operation: RedisOperation): void {
    this.count(operation, 'invalid_record');
    if (this.now() - (this.recordLogged.get(operation) ?? -Infinity) < RECORD_LOG_MS) return;
    this.recordLogged.set(operation, this.now());
    this.log.warn({ operation }, 'a record in Redis is not valid and is replaced');
  }

  get issue(): HealthIssue | undefined {
    for (const operation of this.failing.keys()) this.endIfOlder(operation, FORGET_MS);
    const [first] = this.failing;
    if (!first) return undefined;
    const [operation, { error }] = first;
    return {
      reason: `Redis fails at ${PURPOSE[operation]}: ${redisProblem(error)}`,
      action: `${remedyFor(error)}; tiles are served and requests are limited meanwhile`,
    };
  }

  private endIfOlder(operation: RedisOperation, ms: number): void {
    const failing = this.failing.get(operation);
    if (!failing || this.now() - failing.at < ms) return;
    this.failing.delete(operation);
    this.log.info({ operation }, 'Redis executes the operation again');
  }
}

/** Whether Redis replied with `error`: then it is neither gone nor slow. */
export function isReply(error: unknown): boolean {
  return error instanceof ReplyError;
}
