export * from './cached-tile.js';
export * from './memory-tile-cache.js';
