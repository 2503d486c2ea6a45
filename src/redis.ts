/** The connection to Redis or Valkey. Nothing that needs it may wait for it long, or fail without it. */
import { Redis } from 'ioredis';
import type { Log } from './common/log.js';
import type { Secret } from './common/secret.js';

/** A server that hangs is as good as none after this. */
const COMMAND_TIMEOUT_MS = 500;
const MAX_RECONNECT_DELAY_MS = 5000;

/** Connects in the background; commands fail at once while there is no connection. */
export function connectRedis(url: Secret, log: Log): Redis {
  const redis = new Redis(url.reveal(), {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 2000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 200, MAX_RECONNECT_DELAY_MS),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away)
      log.warn({ problem: error.message }, 'Redis cannot be reached; trying again in the background');
    away = true;
  });
  redis.on('ready', () => {
    away = false;
    log.info({}, 'Redis is connected');
  });
  return redis;
}
