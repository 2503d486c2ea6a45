export * from './admin-key.js';
export * from './key-check.js';
export * from './key-file.js';
export * from './key-path.js';
export * from './key-ring.js';
export * from './tokens.js';
