// Every suite, those that need programs beyond npm included.
import base from './jest.config.js';

/** @type {import('jest').Config} */
export default { ...base, testPathIgnorePatterns: ['/node_modules/'] };
