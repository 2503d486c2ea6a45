/** The rules: each alert links a runbook, is tested to fire and to be silent, and the runbooks quote real log lines and responses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { describeWith } from '../support/programs/describe-with.js';
import { fenced, pathOf, RULES_FILE, rules, runbooks, source, textOf } from './files.js';

const BASE = 'https://github.com/strava-heatmap-gateway/strava-heatmap-gateway/blob/main/docs/runbooks/';

const RULE_TESTS = ['alerts', 'error-budget'].map((name) => `test/monitoring/rules/${name}.yaml`);

const alerts = rules().filter(({ alert }) => alert !== undefined);
const promtool = (...args: string[]) => promisify(execFile)('promtool', args);

describe('every alert', () => {
  it('says how severe it is, what happened, and where to read on', () => {
    expect(alerts.length).toBeGreaterThan(10);
    for (const { alert, labels = {}, annotations = {} } of alerts) {
      expect(alert).toMatch(/^HeatmapGateway[A-Z]\w+$/);
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
      expect(annotations.summary).toMatch(/^[^{}]{20,100}\.$/);
    }
  });

  it('has a runbook whose title is its name, and there is no runbook without an alert', () => {
    const pages = new Map(runbooks().map(({ name, text }) => [name, text]));
    for (const { alert, annotations } of alerts) {
      const url = annotations!.runbook_url!;
      expect(url.startsWith(BASE)).toBe(true);
      const page = pages.get(url.slice(BASE.length));
      expect(page?.split('\n', 1)[0]).toBe(`# ${alert}`);
      expect(page!.match(/^## .*/gm)).toEqual(['## Symptom', '## Impact', '## Check', '## Fix', '## Verify']);
    }
    expect(new Set(alerts.map(({ annotations }) => annotations!.runbook_url!))).toEqual(
      new Set([...pages.keys()].map((name) => BASE + name)),
    );
    expect(textOf(RULES_FILE)).toContain(`#   ${BASE}\n`);
  });

  it('is tested when it fires and when it is silent', () => {
    const seen = new Map<string, Set<string>>();
    for (const path of RULE_TESTS)
      for (const { alert_rule_test = [] } of (parse(textOf(path)) as RuleTests).tests)
        for (const { alertname, exp_alerts } of alert_rule_test)
          for (const { exp_labels } of exp_alerts.length > 0 ? exp_alerts : [{ exp_labels: undefined }])
            seen.set(
              alertname,
              (seen.get(alertname) ?? new Set()).add(
                exp_labels ? `fires ${exp_labels.severity} ${exp_labels.long_window}` : 'is silent',
              ),
            );
    for (const { alert, labels } of alerts) {
      expect([alert, ...seen.get(alert!)!]).toContain(`fires ${labels!.severity} ${labels!.long_window}`);
      expect([alert, ...seen.get(alert!)!]).toContain('is silent');
    }
  });
});

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
    }[];
  }[];
}

it('the runbooks quote log lines and responses that the code writes', () => {
  const code = source();
  // Texts of the source, without what is put in between.
  const texts = code.split(/["'`]|\$\{[^}]*\}/).filter((text) => text.length >= 12);
  const lines = runbooks().flatMap(({ text }) => fenced(text, 'text').flatMap((block) => block.split('\n')));
  const responses = runbooks().flatMap(({ text }) => fenced(text, 'json'));
  expect(lines.length).toBeGreaterThan(20);
  const expectKnown = (...quoted: (string | undefined)[]) => {
    for (const text of quoted)
      if (text !== undefined)
        expect([text, texts.some((known) => text.includes(known))]).toEqual([text, true]);
  };
  for (const line of lines) {
    const { msg, problem, detail, action } = JSON.parse(line) as Record<string, string>;
    expect([`'${msg}'`, `"${msg}"`].some((quoted) => code.includes(quoted))).toBe(true);
    // Errors of the Redis client have texts of their own.
    if (!msg!.startsWith('Redis')) expectKnown(problem, detail, action);
  }
  expect(responses.length).toBeGreaterThan(0);
  for (const response of responses) {
    const { reason, action } = JSON.parse(response) as Record<string, string>;
    expectKnown(reason, action);
  }
});

describeWith(['promtool', '--version'], 'promtool', () => {
  it('finds nothing wrong with the rules', async () => {
    const { stdout } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', pathOf(RULES_FILE));
    expect(stdout).toContain(`SUCCESS: ${rules().length} rules found`);
  });

  it('sees every alert fire when it should and be silent when it should', async () => {
    const { stdout } = await promtool('test', 'rules', ...RULE_TESTS.map(pathOf));
    expect(stdout.match(/SUCCESS/g)).toHaveLength(RULE_TESTS.length);
  }, 120_000);
});
