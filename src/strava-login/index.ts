export * from './browser.js';
export * from './browser-login.js';
export * from './form-login.js';
export * from './login-strategy.js';
export * from './window-login.js';
