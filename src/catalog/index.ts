export * from './catalog.js';
export * from './color.js';
export * from './layer.js';
export * from './refusal.js';
export * from './sport.js';
export * from './tile-address.js';
export * from './tile-matrix-set.js';
export * from './tile-words.js';
