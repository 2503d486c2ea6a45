export * from './capabilities-service.js';
export * from './service-metadata.js';
export * from './update-sequence.js';
