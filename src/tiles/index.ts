export * from './session-expired-png.js';
export * from './tile-service.js';
export * from './transparent-png.js';
export { UpstreamError, type UpstreamErrorKind } from '../upstream/index.js';
