import { expect, it } from '@jest/globals';
import { readJson } from '../../../../src/common/json/relaxed-json.js';

it.each([
  ['brackets', '['.repeat(100_000)],
  ['closed brackets', `${'['.repeat(50_000)},${']'.repeat(50_000)}`],
  ['objects', "{'a':".repeat(20_000)],
  ['blocks', `[]: ${'- '.repeat(50_000)}`],
  ['keys', `[]: ${'? '.repeat(50_000)}`],
  ['indentation', `[]:\n${Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n + 1)}a:`).join('\n')}`],
])('refuses deep nesting by %s', (_name, text) => {
  expect(() => readJson(text)).toThrow('it is nested too deep');
});
