/** Labels of the Redis metrics. */

/** What the gateway does in Redis. */
export const REDIS_OPERATIONS = ['cookies', 'rate_limit', 'tile_read', 'tile_write'] as const;
export type RedisOperation = (typeof REDIS_OPERATIONS)[number];

/** `refused`: Redis replied with an error; `no_reply`: it did not reply in time; `invalid_record`: the value was not the gateway's. */
export const REDIS_ERROR_REASONS = ['refused', 'no_reply', 'invalid_record'] as const;
export type RedisErrorReason = (typeof REDIS_ERROR_REASONS)[number];
