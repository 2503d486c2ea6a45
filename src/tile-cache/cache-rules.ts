/** What the caches outside the process apply to each record. */
import { hash } from 'node:crypto';
import type { Config } from '../config/index.js';

export interface CacheRules {
  /** Digest of the settings that decide which upstream a tile comes from: a record of another upstream is not found. */
  readonly upstream: string;
  /** Maximum time that a record is fresh after it is read. */
  readonly ttlMs: number;
  /** How long a record is kept after it became stale. */
  readonly staleMs: number;
}

export function cacheRules(config: Config): CacheRules {
  const { stravaTilesUrl, stravaAnonymousTilesUrl, stravaTilesVersion } = config;
  const settings = JSON.stringify([stravaTilesUrl, stravaAnonymousTilesUrl, stravaTilesVersion]);
  return {
    upstream: hash('sha1', settings, 'base64url').slice(0, 8),
    ttlMs: config.tileCacheTtl * 1000,
    staleMs: config.tileCacheStaleTtl * 1000,
  };
}
