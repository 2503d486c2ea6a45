export * from './document-links.js';
export * from './failure.js';
export * from './failure-filter.js';
export * from './failure-of.js';
export * from './send-document.js';
export * from './send-failure.js';
export * from './tile-reply.js';
