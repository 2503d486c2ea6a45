export * from './health-reporter.js';
export * from './phase.js';
