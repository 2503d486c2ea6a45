export * from './address-limit.js';
export * from './rate-limits.js';
