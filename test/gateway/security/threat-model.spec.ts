/** The threat model links each security control to its tests by file and title, and those tests exist. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('docs/security.md', 'utf8');
const [, controls = ''] = /^## Security controls$(.*?)^## /ms.exec(text) ?? [];
const bullets = controls
  .split(/^- /m)
  .slice(1)
  .map((bullet) => bullet.replaceAll(/\s+/g, ' ').trim());

describe('the threat model', () => {
  it('has controls of every kind', () => {
    const headings = [...controls.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Access control',
      'Upstream isolation',
      'Load on Strava',
      'Overload protection',
      'Browser isolation',
      'Secrets',
      'Supply chain',
    ]);
    expect(bullets.length).toBeGreaterThan(40);
  });

  it.each(bullets)('links a control to its tests: %s', (bullet) => {
    const links = [...bullet.matchAll(/\[test\]\(\.\.\/(test\/\S+) (['"])(.+?)\2\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, path = '', , title = ''] of links) {
      expect([path, existsSync(resolve(path))]).toEqual([path, true]);
      const source = readFileSync(path, 'utf8').replaceAll(/\\(['`])/g, '$1');
      expect(source).toMatch(
        new RegExp(`['"\`]${title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}['"\`]`),
      );
    }
  });
});
