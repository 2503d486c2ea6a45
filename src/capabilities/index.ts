export * from './capabilities-service.js';
export * from './service-metadata.js';
export * from './tile-map.js';
export * from './tilejson.js';
export * from './update-sequence.js';
