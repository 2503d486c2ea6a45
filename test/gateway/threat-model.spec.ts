/** The threat model names a test for each of its rules, and those tests exist. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('docs/security.md', 'utf8');
const [, rules = ''] = /^## What stops them$(.*?)^## /ms.exec(text) ?? [];
const bullets = rules
  .split(/^- /m)
  .slice(1)
  .map((bullet) => bullet.replaceAll(/\s+/g, ' ').trim());

describe('the threat model', () => {
  it('has rules for everything that it guards', () => {
    const headings = [...rules.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Closed by default',
      'Only tiles go upstream',
      'Polite to Strava',
      'Calm under fire',
      'Browsers',
      'Secrets',
    ]);
    expect(bullets.length).toBeGreaterThan(40);
  });

  it.each(bullets)('points to the test of a rule: %s', (bullet) => {
    const links = [...bullet.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, title = '', path = ''] of links) {
      expect([path, existsSync(resolve(path))]).toEqual([path, true]);
      const source = readFileSync(path, 'utf8').replaceAll(/\\(['`])/g, '$1');
      expect(source).toMatch(
        new RegExp(`['"\`]${title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}['"\`]`),
      );
    }
  });
});
