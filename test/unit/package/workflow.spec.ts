import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER);

describe.each(files)('the workflow %s', (file) => {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
  const { permissions, jobs } = parse(text) as Workflow;
  const writers = Object.entries(jobs).filter(([, job]) =>
    Object.values(job.permissions ?? {}).includes('write'),
  );

  it('pins each action to a commit, with its version in a comment', () => {
    const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('reads the repository only, except in the jobs that publish', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(writers.map(([name]) => name)).toEqual(['publish', 'release-page']);
  });

  it('runs no code of the repository and no package with the permission to write', () => {
    const commands = writers.flatMap(([, { steps }]) => steps.map(({ run = '' }) => run));
    expect(commands.filter((command) => /\b(?:npm|npx|node|bash)\b/.test(command))).toEqual([]);
  });

  it('publishes the image only after an approval', () => {
    expect(jobs['publish']!.environment).toBe('release');
  });
});
