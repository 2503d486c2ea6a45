/** The table of issues in the docs: each issue that `/health` can report has one row, and the section of the row exists. */
import { describe, expect, it } from '@jest/globals';
import { UPSTREAM_ISSUES } from '../../src/catalog/index.js';
import { HEALTH_INDICATORS, type HealthIndicatorName } from '../../src/common/health-signals.js';
import type { CookieStatus } from '../../src/cookie-store/index.js';
import { textOf } from './files.js';

type DegradedState = Exclude<CookieStatus['state'], 'valid' | 'anonymous'>;

/** The compiler compares it with the states of the code. */
const COOKIES: Record<DegradedState, true> = {
  session_rejected: true,
  onboarding: true,
  upstream_error: true,
  unreadable: true,
};

const ISSUES: Record<HealthIndicatorName, readonly string[]> = {
  cookies: Object.keys(COOKIES),
  redis: ['unreachable', 'operation'],
  cache: ['disk'],
  upstream: UPSTREAM_ISSUES,
};

const rows = [
  ...textOf('docs/monitoring.md').matchAll(
    /^\| `(\w+)` +\| `(\w+)` +\| \[[^\]]+\]\(([^)#]+)#([^)]+)\) +\|$/gm,
  ),
].map(([, indicator, issue, file, anchor]) => ({ issue: `${indicator} ${issue}`, file: file!, anchor }));

/** As GitHub builds it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

it('each issue has exactly one row', () => {
  const issues = HEALTH_INDICATORS.flatMap((name) => ISSUES[name].map((issue) => `${name} ${issue}`));
  expect(rows.map(({ issue }) => issue).sort()).toEqual(issues.sort());
});

describe('the section exists for', () => {
  it.each(rows)('$issue', ({ file, anchor }) => {
    const headings = [...textOf(`docs/${file}`).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      anchorOf(heading!),
    );
    expect(headings.filter((heading) => heading === anchor)).toHaveLength(1);
  });
});
