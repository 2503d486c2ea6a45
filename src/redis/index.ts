export * from './connection.js';
export * from './token.js';
