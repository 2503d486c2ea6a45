import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const CHART = 'helm/strava-heatmap-gateway/Chart.yaml';
const CHART_README = 'helm/strava-heatmap-gateway/README.md';
const KUBERNETES_PAGE = 'docs/kubernetes.md';
const MANIFEST = 'extension/manifest.json';

/** Every version that the files of a project state. */
function versionsIn(folder: string): Record<string, string> {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const chart = parse(read(CHART)) as { version: string; appVersion: string };
  return {
    package: (JSON.parse(read('package.json')) as { version: string }).version,
    chart: chart.version,
    app: chart.appVersion,
    chartReadme: /^Version (\S+),/m.exec(read(CHART_README))![1]!,
    // Image tag, notes of the installation, chart package and --version: the page states one version.
    kubernetesPage: [
      ...new Set(read(KUBERNETES_PAGE).match(/(?<![\d./])\d+\.\d+\.\d+(?![\d.]*\.\d)/g)),
    ].join(),
    extension: (JSON.parse(read(MANIFEST)) as { version: string }).version,
  };
}

describe('a release', () => {
  let folder: string;
  const run = (script: string) =>
    spawnSync(process.execPath, [join(process.cwd(), script)], { cwd: folder, encoding: 'utf8' });
  const writePackage = (version: string) =>
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'release-'));
    for (const file of [CHART, CHART_README, KUBERNETES_PAGE, MANIFEST]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(file, join(folder, file));
    }
    writeFileSync(
      join(folder, 'CHANGELOG.md'),
      '# Changes\n\n## Unreleased\n\n- New.\n- More.\n\n## 1.2.2 (2026-01-02)\n\n- Old.\n',
    );
    execFileSync('git', ['init', '-q'], { cwd: folder });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has one version in package, chart and extension', () => {
    const { package: version, extension, ...others } = versionsIn('.');
    expect(extension).toBe(version!.replace(/-.*/, ''));
    expect(new Set(Object.values(others))).toEqual(new Set([version]));
  });

  it('gets its version everywhere by "npm version", and its section in the changelog', () => {
    writePackage('1.2.3');
    expect(run('scripts/set-version.mjs')).toMatchObject({ status: 0, stderr: '' });
    expect(versionsIn(folder)).toEqual({
      package: '1.2.3',
      chart: '1.2.3',
      app: '1.2.3',
      chartReadme: '1.2.3',
      kubernetesPage: '1.2.3',
      extension: '1.2.3',
    });
    expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toMatch(
      /^## 1\.2\.3 \(\d{4}-\d\d-\d\d\)\n\n- New\.$/m,
    );
    const staged = execFileSync('git', ['diff', '--cached', '--name-only'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(staged.trim().split('\n').toSorted()).toEqual(
      ['CHANGELOG.md', MANIFEST, CHART, CHART_README, KUBERNETES_PAGE].toSorted(),
    );
  });

  it('leaves the suffix of a release candidate out of the extension, where browsers refuse it', () => {
    writePackage('1.2.3-rc.1');
    run('scripts/set-version.mjs');
    expect(versionsIn(folder)).toMatchObject({ chart: '1.2.3-rc.1', extension: '1.2.3' });
  });

  it('without a section "Unreleased" is refused, and no file changes', () => {
    writePackage('1.2.3');
    run('scripts/set-version.mjs');
    writePackage('1.2.4');
    const second = run('scripts/set-version.mjs');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('CHANGELOG.md has no line that matches /^## Unreleased$/m');
    expect(versionsIn(folder)).toMatchObject({ package: '1.2.4', chart: '1.2.3', extension: '1.2.3' });
  });

  it('has the section of the changelog as its notes', () => {
    writePackage('1.2.3');
    run('scripts/set-version.mjs');
    expect(run('scripts/release-notes.mjs')).toMatchObject({ status: 0, stdout: '- New.\n- More.\n' });
    writePackage('1.2');
    expect(run('scripts/release-notes.mjs')).toMatchObject({ status: 1, stdout: '' });
  });
});
