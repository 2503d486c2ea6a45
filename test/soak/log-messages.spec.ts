import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { LOG_MESSAGES } from './log-messages.js';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join('src', path), 'utf8'));

it.each(Object.values(LOG_MESSAGES))('the gateway logs "%s"', (message) => {
  expect(sources.some((source) => source.includes(`'${message}'`))).toBe(true);
});
