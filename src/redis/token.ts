/** Injection token of the {@link RedisConnection}; undefined for a gateway that stands alone. */
export const REDIS = Symbol('REDIS');
