// Every suite, those that need programs beyond npm included.
import base from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  // Browsers and GIS programs start slowly on a busy machine.
  testTimeout: 180_000,
};
