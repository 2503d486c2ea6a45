export * from './connection.js';
export * from './tokens.js';
