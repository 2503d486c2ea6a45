export * from './cache-rules.js';
export * from './cached-tile.js';
export * from './disk-tile-cache.js';
export * from './memory-tile-cache.js';
export * from './redis-tile-cache.js';
export * from './tile-cache.js';
export * from './tokens.js';
