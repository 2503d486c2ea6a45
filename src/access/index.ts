export * from './access-denied.js';
export * from './scope.js';
