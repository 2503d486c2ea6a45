import { expect, it } from '@jest/globals';
import { pageFiles } from '../../../../src/http/answers/page-files.js';

const bundle = { script: 'main-1.js', style: 'main-2.css', files: new Map() };

it.each([
  ['/', 'http://maps.example/heat/web/main-1.js'],
  ['/?key=abc', 'http://maps.example/heat/web/main-1.js'],
  ['/k/abc/', 'http://maps.example/heat/k/abc/web/main-1.js'],
  ['/k/abc', 'http://maps.example/heat/k/abc/web/main-1.js'],
])('the files of a page at %s below a path prefix', (originalUrl, expected) => {
  const page = new URL(`http://maps.example/heat${originalUrl}`);
  expect(new URL(pageFiles(bundle, { originalUrl }).script, page).href).toBe(expected);
});
