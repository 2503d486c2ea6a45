/** Blocks that are no commands: how each language is checked. */
import { writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Checkout } from './checkout.js';
import type { Code } from './pages.js';
import { missing, type Entry } from './report.js';

/** Languages that a suite checks. */
const BY_SUITES: Readonly<Record<string, string>> = {
  acl: 'test/real/redis/redis-tls.spec.ts',
  haproxy: 'test/real/redis/rolling-restart.spec.ts',
  nginx: 'test/real/redis/rolling-restart.spec.ts',
  promql: 'test/real/prometheus.spec.ts',
  text: 'test/monitoring/rules.spec.ts',
};

/** Values of the chart that a session requires; every other block of values is rendered together with them. */
const SECRETS = 'secrets-values.yaml';

export async function checkConfiguration(code: Code, checkout: Checkout): Promise<Omit<Entry, 'what'>> {
  const { place, text, language } = code;
  const suite = BY_SUITES[language];
  if (suite !== undefined) return { how: 'checked', detail: suite };
  try {
    switch (language) {
      case 'json':
        JSON.parse(text);
        return { how: 'checked', detail: 'JSON' };
      case 'ini':
        return await check(checkout, 'strava-heatmap-gateway.service', text, 'systemd-analyze verify');
      case 'yaml':
        return await checkYaml(place, text, checkout);
      case '':
        return { how: 'checked', detail: 'output, for reading' };
      default:
        return {
          how: 'FAILED',
          detail: `no rule for the language ${language} in test/docs-commands/configurations.ts`,
        };
    }
  } catch (error) {
    return { how: 'FAILED', detail: String(error) };
  }
}

async function checkYaml(place: string, text: string, checkout: Checkout): Promise<Omit<Entry, 'what'>> {
  const keys = Object.keys(parse(text) as object);
  if (keys.includes('scrape_configs'))
    return check(checkout, 'prometheus.yml', text, 'promtool check config --syntax-only');
  if (keys.includes('rule_files') || keys.includes('rules')) return { how: 'checked', detail: 'YAML' };
  if (!/kubernetes|helm/.test(place)) return { how: 'FAILED', detail: 'no rule for this YAML' };
  if (keys.includes('strava')) writeFileSync(checkout.path(SECRETS), text);
  return check(
    checkout,
    'values.yaml',
    text,
    `helm template heatmap helm/strava-heatmap-gateway -f ${SECRETS} -f`,
  );
}

async function check(
  checkout: Checkout,
  file: string,
  text: string,
  command: string,
): Promise<Omit<Entry, 'what'>> {
  const [program] = command.split(' ');
  writeFileSync(checkout.path(file), `${text}\n`);
  const env = { PATH: checkout.programs };
  if ((await checkout.run(`command -v ${program}`, env)).failure !== undefined) return missing(program!);
  const { failure } = await checkout.run(`${command} ${file}`, env);
  return failure === undefined ? { how: 'checked', detail: command } : { how: 'FAILED', detail: failure };
}
