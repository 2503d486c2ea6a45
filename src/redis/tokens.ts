/** Injection token of the {@link RedisConnection}; undefined without Redis. */
export const REDIS = Symbol('REDIS');
