// Runs within "npm version": writes the new version into every file that states it, and closes the section of the changelog.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const today = new Date().toISOString().slice(0, 10);

/** @type {[file: string, pattern: RegExp, replacement: string][]} */
const places = [
  ['extension/manifest.json', /(?<="version": ")[^"]+/, version.replace(/-.*/, '')],
  ['helm/strava-heatmap-gateway/Chart.yaml', /(?<=^(version|appVersion): ).+$/gm, version],
  ['helm/strava-heatmap-gateway/README.md', /(?<=^Version )[^,]+/m, version],
  ['docs/kubernetes.md', /(?<=gateway[ :-]|--version )\d+\.\d+\.\d+(-[a-z]+\.\d+)?/g, version],
  ['CHANGELOG.md', /^## Unreleased$/m, `## ${version} (${today})`],
];
const changes = places.map(([file, pattern, replacement]) => {
  const text = readFileSync(file, 'utf8');
  if (text.search(pattern) < 0) throw new Error(`${file} has no line that matches ${pattern}`);
  return [file, text.replace(pattern, replacement)];
});
for (const [file, text] of changes) writeFileSync(file, text);
execFileSync('git', ['add', ...changes.map(([file]) => file)]);
