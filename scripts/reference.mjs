// Writes the generated references: config/default.yaml, docs/settings.md, docs/metrics.md, and the tables of hooks and routes
// in docs/architecture.md.
//   node scripts/reference.mjs           writes them (after npm run build)
//   node scripts/reference.mjs --check   exits 1 and names the files that are stale
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTINGS } from '../dist/config/settings.js';
import { Metrics } from '../dist/metrics/index.js';
import { REQUEST_HOOKS } from '../dist/request-hooks.js';

const settings = Object.entries(SETTINGS);

function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.trim().length > width) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

/** A default as YAML: plain where YAML reads it as the setting does, else quoted. */
function yamlValue(text) {
  return /^[\w./:~-]+$/.test(text) && !text.endsWith(':') ? text : JSON.stringify(text);
}

function defaultYaml() {
  const head = [
    'Every setting with its default. Copy what you change into a file of your own and name it by GATEWAY_CONFIG or',
    '--config. The environment goes before this file, and flags go before the environment. A setting that is commented',
    'out is unset by default. Written by scripts/reference.mjs.',
  ];
  const blocks = settings.map(([name, setting]) => {
    const comment = wrapped(setting.help, 110).map((line) => `# ${line}`);
    const where = `# ${setting.env}${setting.flag ? `, --${setting.flag}` : ''}`;
    const value = setting.default === undefined ? `# ${name}:` : `${name}: ${yamlValue(setting.default)}`;
    return [...comment, where, value].join('\n');
  });
  return `${head.map((line) => `# ${line}`).join('\n')}\n\n${blocks.join('\n\n')}\n`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('{', '&#123;');

function table(head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function settingsPage() {
  const rows = settings.map(([name, { env, flag, default: value, help }]) => [
    `\`${env}\``,
    flag ? `\`--${flag}\`` : '',
    `\`${name}\``,
    value === undefined ? 'unset' : value === '' ? 'empty' : `\`${value}\``,
    cell(help),
  ]);
  return `# Settings

A setting comes from its flag, else from the environment, else from the YAML file that \`--config\` or \`GATEWAY_CONFIG\`
names, else from its default. An empty variable counts as unset. Unknown keys, bad values and contradictions are all
listed together with their place, and the start is refused. The effective settings are logged once, with secrets redacted.

${table(['Environment', 'Flag', 'YAML key', 'Default', 'Meaning'], rows)}

[config/default.yaml](../config/default.yaml) has the same as a file to copy from. This page is written by
\`scripts/reference.mjs\`.
`;
}

function metricsPage() {
  const rows = new Metrics('0').registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('heatmap_'))
    .sort((one, other) => one.name.localeCompare(other.name))
    .map(({ name, type, labelNames, help }) => [
      `\`${name}\``,
      type,
      labelNames.map((label) => `\`${label}\``).join(', '),
      cell(help),
    ]);
  return `# Metrics

\`/metrics\` in the Prometheus text format, with Node's own metrics beside these. Labels come from closed lists only: never a
tile, key, address or client. This page is written by \`scripts/reference.mjs\`.

${table(['Name', 'Type', 'Labels', 'Meaning'], rows)}
`;
}

/** The page with the text between `<!-- NAME: ... -->` and `<!-- end of NAME -->` replaced. */
function withSection(page, name, text) {
  const section = new RegExp(`(<!-- ${name}: [^\\n]* -->\\n).*?(<!-- end of ${name} -->)`, 's');
  if (!section.test(page)) throw new Error(`docs/architecture.md has no section ${name}`);
  return page.replace(section, (_all, start, end) => `${start}\n${text}\n\n${end}`);
}

function architecturePage() {
  const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const hooks = REQUEST_HOOKS.map(({ name, summary }, index) => [String(index + 1), name, cell(summary)]);
  const page = withSection(read('docs/architecture.md'), 'hooks', table(['', 'Hook', 'What it does'], hooks));
  return withSection(page, 'routes', read('test/gateway/routes.md').trimEnd());
}

const files = {
  'config/default.yaml': defaultYaml(),
  'docs/settings.md': settingsPage(),
  'docs/metrics.md': metricsPage(),
  'docs/architecture.md': architecturePage(),
};
let stale = 0;
for (const [path, content] of Object.entries(files)) {
  const url = new URL(`../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(url, content);
  else {
    let found = '';
    try {
      found = readFileSync(url, 'utf8');
    } catch {
      // A missing file is a stale one.
    }
    if (found === content) continue;
    stale++;
    process.stderr.write(`${path} is stale: run "npm run reference"\n`);
  }
}
process.exit(stale ? 1 : 0);
