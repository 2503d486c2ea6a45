export * from './unknown-variables.js';
export * from './config-error.js';
export * from './load-config.js';
export * from './trusted-proxies.js';
export { ADMIN_KEY_FORM } from './setting-types.js';
export * from './settings.js';
export * from './tokens.js';
