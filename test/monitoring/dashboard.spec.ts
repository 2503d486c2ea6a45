/** The dashboard is what its script writes, and dashboard, rules and runbooks ask for nothing that no gateway exports. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { dashboard, DASHBOARD_FILE, fenced, pathOf, queries, rules, runbooks, textOf } from './files.js';
import { knownMetrics, type KnownMetric } from './known-metrics.js';
import { read } from './promql.js';

/** What Prometheus and Kubernetes put on every series. */
const TARGET_LABELS = ['namespace', 'job', 'pod', 'instance'];

describe('the dashboard', () => {
  const panels = dashboard().panels.filter(({ type }) => type !== 'row');

  it('is what scripts/dashboard.mjs writes', async () => {
    const script = pathOf('scripts/dashboard.mjs');
    const { stderr } = await promisify(execFile)(process.execPath, [script, '--check']);
    expect(stderr).toBe('');
  });

  it('has the rows, variables and identity that others rely on', () => {
    const { uid, title, panels: all, templating } = dashboard();
    expect([uid, title]).toEqual(['strava-heatmap-gateway', 'Strava heatmap gateway']);
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'namespace', 'job', 'pod']);
    expect(all.filter(({ type }) => type === 'row').map((row) => row.title)).toEqual([
      'Overview',
      'Requests by route',
      'Cookies and refreshes',
      'Cache',
      'Access and limits',
      'Resources',
    ]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.every(({ panels: inner }) => inner === undefined || inner.length === 0)).toBe(true);
  });

  it('can be provisioned as it is: nothing to fill in, and every data source is the chosen one', () => {
    const text = textOf(DASHBOARD_FILE);
    expect(text).not.toMatch(/__inputs|__requires/);
    for (const { datasource, targets = [] } of panels)
      for (const { uid } of [datasource!, ...targets.map((target) => target.datasource!)])
        expect(uid).toBe('${datasource}');
    const variables = new Set([...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name));
    expect(variables).toEqual(new Set(['__all', '__rate_interval', 'datasource', 'namespace', 'job', 'pod']));
  });

  it('gives every panel a unit and a query, and every query the chosen gateways and the right interval', () => {
    for (const { title, fieldConfig, targets = [] } of panels)
      expect([title, typeof fieldConfig?.defaults?.unit, targets.length > 0]).toEqual([
        title,
        'string',
        true,
      ]);
    for (const { expr } of queries()) {
      for (const { matchers } of read(expr).selectors)
        expect(matchers.slice(0, 3).map(({ label }) => label)).toEqual(['namespace', 'job', 'pod']);
      for (const [range] of expr.matchAll(/\[[^\]]*\]/g)) expect(range).toBe('[$__rate_interval]');
    }
  });
});

describe('every metric, label and value that is asked for exists', () => {
  let known: Map<string, KnownMetric>;

  beforeAll(async () => {
    known = new Map(await knownMetrics());
    for (const { record, expr } of rules())
      if (record !== undefined) known.set(record, { labels: new Set(read(expr).labels), values: new Map() });
  });

  /** What of `expression` does not exist. */
  function unknown(expression: string): string[] {
    const { selectors, labels } = read(expression);
    const problems: string[] = [];
    const exported = new Set(TARGET_LABELS);
    for (const { metric, matchers } of selectors) {
      const found = known.get(metric);
      if (!found) problems.push(metric);
      found?.labels.forEach((label) => exported.add(label));
      for (const { label, values } of found ? matchers : []) {
        if (!found!.labels.has(label) && !TARGET_LABELS.includes(label)) problems.push(`${metric}{${label}}`);
        const closed = found!.values.get(label);
        for (const value of closed ? values : [])
          if (!closed!.has(value)) problems.push(`${metric}{${label}="${value}"}`);
      }
    }
    return [...problems, ...labels.filter((label) => !exported.has(label))];
  }

  it('in the dashboard', () => {
    for (const { title, expr } of queries()) expect([title, ...unknown(expr)]).toEqual([title]);
    for (const { name, definition } of dashboard().templating.list) {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
      expect(selector === undefined).toBe(name === 'datasource');
      if (selector !== undefined) expect([label, ...unknown(selector)]).toEqual([name]);
    }
  });

  it('in the rules, their descriptions included', () => {
    for (const { record, alert = record, expr, annotations = {} } of rules()) {
      expect([alert, ...unknown(expr)]).toEqual([alert]);
      const shown = [
        ...Object.values(annotations)
          .join()
          .matchAll(/\$labels\.(\w+)/g),
      ].map(([, label]) => label);
      const labels = [...TARGET_LABELS, ...read(expr).labels];
      for (const label of shown) expect(labels).toContain(label);
    }
  });

  it('in the runbooks', () => {
    for (const { name, text } of runbooks()) {
      for (const expression of fenced(text, 'promql')) expect([name, ...unknown(expression)]).toEqual([name]);
      for (const [, metric] of text.matchAll(/`(heatmap_\w+)/g)) expect(known.has(metric!)).toBe(true);
    }
  });

  it.each([
    ['heatmap_http_request_total', ['heatmap_http_request_total']],
    ['sum by (path) (rate(heatmap_http_requests_total[5m]))', ['path']],
    ['heatmap_http_requests_total{key="a"}', ['heatmap_http_requests_total{key}']],
    [
      'heatmap_cookie_refreshes_total{result=~"success|rejected"}',
      ['heatmap_cookie_refreshes_total{result="rejected"}'],
    ],
    ['heatmap_cache_bytes + on (outcome) heatmap_cache_limit', ['heatmap_cache_limit', 'outcome']],
    ['histogram_quantile(0.9, sum by (le) (rate(heatmap_http_request_duration_seconds_bucket[5m])))', []],
  ])('and this test would notice: %s', (expression, problems) => {
    expect(unknown(expression)).toEqual(problems);
  });
});
