export * from './metrics.js';
export * from './redis-labels.js';
