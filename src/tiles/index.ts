export * from './session-expired-png.js';
export * from './tile-error.js';
export * from './tile-service.js';
export * from './transparent-png.js';
