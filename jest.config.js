/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // Suites that need programs beyond npm take minutes: `npm run test:real`.
  testPathIgnorePatterns: ['/node_modules/', '/test/real/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.[tj]s$': '@swc/jest' },
  // Ends a test that hangs; a busy machine must not reach it.
  testTimeout: 60_000,
  // Suites wait for sockets and timers more than they compute.
  maxWorkers: '100%',
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['text-summary', 'html'],
};
