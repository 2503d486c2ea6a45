export { loadBundle, type Bundle, type BundledFile } from './bundle.js';
export { indexPage, type IndexPageOptions } from './index-page.js';
export { keyPage } from './key-page.js';
export { problemPage } from './problem-page.js';
export { type PageFiles } from './page-frame.js';
