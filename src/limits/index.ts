export { addressSubject } from '../request-context.js';
export * from './address-limit.js';
export * from './rate-limits.js';
export type { Limit } from './request-counts.js';
